// The console works without this. With it, one form is open at a time, Escape closes it, a filter is applied as it is
// chosen, and nothing is sent twice.
(() => {
  'use strict';
  const opened = () => document.querySelectorAll('details.open[open]');
  document.addEventListener('toggle', event => {
    const box = event.target;
    if (!box.matches || !box.matches('details.open') || !box.open) return;
    for (const other of opened()) if (other !== box) other.open = false;
    const field = box.querySelector('.sheet :is(input:not([type=hidden]), select, textarea, button)');
    if (field) field.focus();
  }, true);
  document.addEventListener('click', event => {
    for (const box of opened()) if (!box.contains(event.target)) box.open = false;
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') for (const box of opened()) { box.open = false; box.querySelector('summary').focus(); }
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.target.closest('input, textarea, select')) {
      const search = document.querySelector('input[type=search]');
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });
  for (const form of document.querySelectorAll('form.filters')) {
    form.addEventListener('change', event => { if (event.target.matches('select, input[type=date]')) form.requestSubmit(); });
  }
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    addEventListener('pageshow', () => { delete form.dataset.sent; }, { once: true });
  });
})();
