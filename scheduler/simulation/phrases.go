package simulation

// meaning is what somebody means by a text.
type meaning string

// What people mean.
const (
	sayYes       meaning = "yes"
	sayNo        meaning = "no"
	sayStop      meaning = "stop"
	sayStart     meaning = "start"
	sayNonsense  meaning = "nonsense"
	sayAnswer    meaning = "answer"
	sayPaid      meaning = "paid"
	sayLater     meaning = "later"
	sayDone      meaning = "done"
	sayBalance   meaning = "balance"
	sayHelp      meaning = "help"
	sayCall      meaning = "call"
	sayResources meaning = "resources"
	sayFix       meaning = "fix"
	sayDanger    meaning = "danger"
	sayWrong     meaning = "wrong_number"
	sayCame      meaning = "came"
	sayNotCame   meaning = "not_came"
	sayLanguage  meaning = "language"
	sayRude      meaning = "rude"
	sayAside     meaning = "aside" // a free text, with something private in it
	sayOrder     meaning = "order" // a staff member's
)

// phrases are how people write, by language.
var phrases = map[meaning]map[string][]string{
	sayYes:       {"en": {"1", "1", "yes", "Yes.", "1 yes", "yeah", "sure"}, "es": {"1", "1", "sí", "si", "Si claro"}},
	sayNo:        {"en": {"2", "2", "no", "No.", "nope"}, "es": {"2", "2", "no", "No."}},
	sayStop:      {"en": {"STOP", "stop", "Stop.", "UNSUBSCRIBE", "please stop texting me", "please don't text me anymore", "stop texting me"}, "es": {"STOP", "Alto stop", "no me escriban más", "ya no quiero mensajes"}},
	sayStart:     {"en": {"START", "start", "Unstop"}, "es": {"START", "start"}},
	sayNonsense:  {"en": {"asdfgh", "purple monkey dishwasher", "qwerty uiop", "blah blah", "??", "the grey bicycle over there"}, "es": {"asdfgh", "bicicleta verde", "lalala", "qué cosa", "??"}},
	sayBalance:   {"en": {"BALANCE", "balance", "how much do i still owe"}, "es": {"SALDO", "saldo"}},
	sayHelp:      {"en": {"HELP", "help", "info"}, "es": {"AYUDA", "HELP"}},
	sayCall:      {"en": {"CALL ME", "can someone call me please"}, "es": {"LLAMADA", "me pueden llamar"}},
	sayResources: {"en": {"RESOURCES", "where can i get food"}, "es": {"RECURSOS"}},
	sayFix:       {"en": {"FIX", "fix"}, "es": {"CORREGIR", "FIX"}},
	sayDanger:    {"en": {"i am scared, he is outside my house", "he said he will kill me", "i dont want to live anymore"}, "es": {"tengo miedo, está afuera de mi casa", "me va a matar"}},
	sayWrong:     {"en": {"who is this? you have the wrong number", "wrong number"}, "es": {"número equivocado", "wrong number"}},
	sayCame:      {"en": {"the money came", "it arrived"}, "es": {"ya llegó", "sí llegó el dinero"}},
	sayNotCame:   {"en": {"nothing came", "the payment did not arrive"}, "es": {"no llegó nada", "no ha llegado"}},
	sayLanguage:  {"en": {"español", "spanish please"}, "es": {"english", "inglés por favor"}},
	sayRude:      {"en": {"this is bullshit", "you people are idiots"}, "es": {"son unos idiotas"}},
	sayAside:     {"en": {"I moved to %s street last week", "he was seen at %s again", "my sister %s helps me"}, "es": {"me mudé a la calle %s", "mi hermana %s me ayuda"}},
	sayDone:      {"en": {"DONE", "done", "I finished it"}, "es": {"HECHO", "ya lo hice"}},
	sayLater:     {"en": {"LATER friday", "LATER 3/27", "i need more time", "later next friday", "can i pay next week"}, "es": {"HASTA viernes", "necesito más tiempo", "HASTA el 27"}},
	sayPaid:      {"en": {"PAID %s", "paid $%s", "i paid %s yesterday", "Paid %s today"}, "es": {"PAGUÉ %s", "pague %s ayer", "ya pagué %s"}},
}

// askings are what the texts of the service ask, as people recognize it: by its words.
var askings = []struct {
	ask   asking
	words []string
}{
	{askConsent, []string{"may we text you", "acepta recibir mensajes"}},
	{askAgain, []string{"our texts again?", "otra vez nuestros mensajes?"}},
	{askSafe, []string{"do you feel safe", "se siente a salvo"}},
	{askWhich, []string{"which one?", "qué se refiere"}},
	{askHours, []string{"how many hours", "cuántas horas"}},
	{askComment, []string{"anything you want to add", "agregar algo"}},
	{askArrived, []string{"did it arrive?", "due arrived?", "¿llegó"}},
	{askAmount, []string{"how much", "cuánto"}},
	{askDate, []string{"until what day", "hasta qué día"}},
	{askScale, []string{"from 1 (", "de 1 ("}},
	{askItem, []string{"0 to 5?", "de 0 a 5?"}},
	{askRemind, []string{"reply paid", "reply done", "responda pagué", "responda hecho"}},
	{askYesNo, []string{"1 yes, 2 no", "1 sí, 2 no"}},
	{toldRecord, []string{"reply fix", "corregir"}},
}

// asking is what a text asks of whoever reads it.
type asking string

const (
	askNothing asking = ""
	askConsent asking = "consent"
	askAgain   asking = "again"
	askSafe    asking = "safe"
	askWhich   asking = "which"
	askHours   asking = "hours"
	askComment asking = "comment"
	askArrived asking = "arrived"
	askAmount  asking = "amount"
	askDate    asking = "date"
	askScale   asking = "scale"
	askItem    asking = "item"
	askRemind  asking = "remind"
	askYesNo   asking = "yes_no"
	toldRecord asking = "recorded"
)
