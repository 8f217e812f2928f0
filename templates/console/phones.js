// The phones, live. Everything is on the page without this script, as links and forms. With it a form is sent beside
// the page, what comes back or has changed is taken over piece by piece, and texts appear when they arrive. Nothing is
// made of strings: the server's page is parsed and its nodes are taken, so that a text can never be markup.
'use strict';
(() => {
  const self = document.body.dataset.self;
  const byId = (id) => document.getElementById(id);
  const title = document.title;

  // morph makes a node like another, in place: what has the focus keeps it, and only what is new is announced.
  function morph(now, then) {
    if (now.nodeType === Node.TEXT_NODE) {
      if (now.nodeValue !== then.nodeValue) now.nodeValue = then.nodeValue;
      return;
    }
    for (const { name } of [...now.attributes]) {
      if (!then.hasAttribute(name) && name !== 'aria-busy') now.removeAttribute(name);
    }
    for (const { name, value } of then.attributes) {
      if (now.getAttribute(name) !== value) now.setAttribute(name, value);
    }
    morphChildren(now, then);
  }
  const key = (node) => node.dataset?.key;
  const alike = (a, b) => a && a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);
  function morphChildren(now, then) {
    const keyed = new Map();
    for (const child of now.children) if (key(child)) keyed.set(key(child), child);
    let at = now.firstChild;
    for (const wanted of [...then.childNodes]) {
      let match = key(wanted) ? keyed.get(key(wanted)) : at;
      if (!alike(match, wanted)) {
        const fresh = document.importNode(wanted, true);
        if (fresh.classList?.contains('text')) fresh.classList.add('arrived');
        now.insertBefore(fresh, at);
        continue;
      }
      if (match === at) at = at.nextSibling;
      else now.insertBefore(match, at);
      morph(match, wanted);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  // take takes over a fetched page's parts. What was done is told only by the page that answers the deed.
  function take(page, deed) {
    const same = page.body.dataset.self === self;
    for (const part of document.querySelectorAll('[data-part]')) {
      const its = part.dataset.part;
      const fresh = page.getElementById(part.id);
      if (!fresh || (its === 'deed' ? !deed : !same)) continue;
      morph(part, fresh);
    }
    badges();
    return same;
  }

  async function fetchPage(address, options) {
    const response = await fetch(address, options);
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  }

  const memory = {}; // texts seen, by phone

  // Badges: what came to the other phones since they were last looked at in this tab. On the first visit nothing is new.
  function badges() {
    let seen = null;
    try {
      seen = JSON.parse(sessionStorage.getItem('amends-seen'));
    } catch { /* no storage: nothing is remembered from page to page */ }
    const visible = byId('log') && byId('log').checkVisibility();
    let waiting = 0;
    const counted = new Set();
    for (const line of document.querySelectorAll('.line')) {
      const { number, received } = line.dataset;
      const all = Number(received);
      let known = Math.min(all, memory[number] ?? (seen ? seen[number] ?? 0 : all));
      if (line.hasAttribute('aria-current') && visible) known = all;
      memory[number] = known;
      const fresh = all - known;
      const badge = line.querySelector('.badge');
      badge.hidden = fresh === 0;
      badge.firstChild.nodeValue = String(fresh);
      if (fresh > 0 && !counted.has(number)) waiting += fresh;
      counted.add(number);
    }
    try {
      sessionStorage.setItem('amends-seen', JSON.stringify({ ...seen, ...memory }));
    } catch { /* as above */ }
    document.title = waiting ? `(${waiting}) ${title}` : title;
    const elsewhere = byId('elsewhere');
    if (elsewhere) {
      elsewhere.hidden = waiting === 0;
      elsewhere.textContent = waiting ? `${waiting} new` : '';
    }
  }

  function say(sentence, lost) {
    const status = byId('status');
    status.classList.toggle('lost', Boolean(lost));
    status.textContent = sentence;
  }

  // refresh takes over what has changed. Many changes at once are one refresh, and one that comes during it one more.
  let refreshing = false;
  let again = false;
  let later = 0;
  async function refresh() {
    if (refreshing) {
      again = true;
      return;
    }
    refreshing = true;
    try {
      take(await fetchPage(self), false);
    } catch { /* the stream of events tells that nobody answers */ }
    refreshing = false;
    if (again) {
      again = false;
      soon();
    }
  }
  function soon() {
    clearTimeout(later);
    later = setTimeout(refresh, 120);
  }

  // Forms, beside the page.
  let busy = false;
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.dataset.live) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    form.setAttribute('aria-busy', 'true');
    say(form.dataset.live);
    try {
      const page = await fetchPage(form.action, { method: 'POST', body });
      const failed = page.getElementById('alert')?.textContent;
      if ('composer' in form.dataset && !failed) form.reset();
      byId('status').classList.remove('lost');
      if (!take(page, true)) await refresh();
      form.closest('details')?.removeAttribute('open');
      if (form.classList.contains('quick') || 'composer' in form.dataset) byId('log').scrollTop = 0;
    } catch {
      say('The demo does not answer. Is it still running?', true);
    }
    form.removeAttribute('aria-busy');
    busy = false;
  });

  // Enter sends, and Shift with it begins a line. Heard as the line break that it would be, it is also right where Enter
  // picks a word of an input method, and on keyboards of glass, which tell of no keys.
  const composer = byId('text');
  let shift = false;
  for (const kind of ['keydown', 'keyup']) {
    composer?.addEventListener(kind, (event) => {
      shift = event.shiftKey;
    });
  }
  composer?.addEventListener('beforeinput', (event) => {
    if (event.inputType !== 'insertLineBreak' || shift) return;
    event.preventDefault();
    composer.form.requestSubmit();
  });

  // A moment to pick lies no earlier than where the clock has got to.
  document.querySelector('.pick')?.addEventListener('toggle', (event) => {
    if (!event.target.open) return;
    const at = byId('at');
    at.min = byId('now').querySelector('time').dateTime.slice(0, 16);
    if (at.value < at.min) at.value = at.min;
    at.focus();
  });
  document.addEventListener('keydown', (event) => {
    const open = event.target.closest?.('.pick[open]');
    if (event.key !== 'Escape' || !open) return;
    open.open = false;
    open.querySelector('summary').focus();
  });

  // Events, while somebody looks on. The demo's clock also runs by itself, which shows once a minute.
  let events = null;
  function listen() {
    if (document.hidden) {
      events?.close();
      events = null;
      return;
    }
    if (events) return;
    events = new EventSource(document.body.dataset.events);
    events.addEventListener('change', () => {
      if (byId('status').classList.contains('lost')) say('');
      soon();
    });
    events.addEventListener('error', () => {
      say('The demo does not answer. Trying again…', true);
      if (events?.readyState === EventSource.CLOSED) {
        events = null;
        setTimeout(listen, 3000);
      }
    });
  }
  document.addEventListener('visibilitychange', listen);
  setInterval(() => document.hidden || refresh(), 60_000);

  // A narrow screen has no room for help that nobody asked for.
  if (matchMedia('(max-width: 52rem)').matches) document.querySelector('.help')?.removeAttribute('open');
  document.querySelector('.line[aria-current]')?.scrollIntoView({ block: 'nearest' });
  badges();
  listen();
})();
