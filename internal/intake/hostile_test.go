package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// engineOf is an interface engine that sends messages about patients of its own.
type engineOf struct {
	*stored
	sent int
}

// mrn returns the MRN of the selected patient, and other that of the other one.
func (e *engineOf) mrn() string   { return fmt.Sprintf("5%06d", e.sent) }
func (e *engineOf) other() string { return fmt.Sprintf("6%06d", e.sent) }

// next goes on to other patients.
func (e *engineOf) next() { e.sent++ }

// sends sends a message, in which $M is the MRN, $O the other one and $V the visit; lines end with a
// line feed, which becomes CR.
func (e *engineOf) sends(text string) string {
	e.t.Helper()
	text = strings.NewReplacer("$M", e.mrn()+"^^^CITY^MR", "$O", e.other()+"^^^CITY^MR", "$V", fmt.Sprint("V", e.sent), "\n", "\r").Replace(text)
	return e.receive([]byte(text), onDay(time.UTC)(20, 9, e.sent%60))
}

// Messages as interface engines send them, each with the answer and with the patient afterwards.
func TestOddMessages(t *testing.T) { onEngines(t, oddMessages) }

const oddA01 = "MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|20261120080500||ADT^A01|c|P|2.5.1\nEVN|A01|20261120080500\nPID|||$M||OKAFOR^Ada||19610314\nPV1||I|H4^12^A||||2201^NAIR^Priya||||||||||||$V\n"

func oddMessages(t *testing.T, s *stored) {
	e := &engineOf{stored: s}
	const ada = "OKAFOR, Ada; 1961-03-14; $V 12A NAIR, Priya from 20 Nov 08:05"
	long := strings.Repeat("X", 300)
	for _, c := range []struct {
		about    string
		old, new string // in [oddA01]
		answer   string
		shown    string
	}{
		{"as it is", "", "", "AA applied", ada},
		// Character sets.
		{"8859/1 that is not declared", "OKAFOR", "S\xd8R", "AE 102 PID^1^5", "not known"},
		{"8859/1 declared as UTF-8", "2.5.1\nEVN|A01|20261120080500\nPID|||$M||OKAFOR", "2.5.1||||||UNICODE UTF-8\nEVN|A01|20261120080500\nPID|||$M||S\xd8R", "AE 102 PID^1^5", "not known"},
		{"8859/1 declared", "2.5.1\nEVN|A01|20261120080500\nPID|||$M||OKAFOR", "2.5.1||||||8859/1~UNICODE UTF-8\nEVN|A01|20261120080500\nPID|||$M||S\xd8R", "AA applied", strings.Replace(ada, "OKAFOR", "SØR", 1)},
		{"ISO 2022", "2.5.1", "2.5.1||||||ISO IR87", "AE 102 MSH^1^18", "not known"},
		{"a set of no name", "2.5.1", "2.5.1||||||EBCDIC", "AE 102 MSH^1^18", "not known"},
		{"UTF-16", "2.5.1", "2.5.1||||||UNICODE UTF-16", "AE 102 MSH^1^18", "not known"},
		// Repeated fields.
		{"places", "H4^12^A", "H4^12^A~H4^99^Z", "AA applied", ada},
		{"names", "OKAFOR^Ada", "X^Y^^^^^A~OKAFOR^Ada^^^^^L~Q^R^^^^^L", "AA applied", ada},
		{"visits, clinicians, birth dates", "19610314\nPV1||I|H4^12^A||||2201^NAIR^Priya||||||||||||$V", "19610314~19991231\nPV1||I|H4^12^A||||2201^NAIR^Priya~9^LEE^Sam||||||||||||$V~V9", "AA applied", ada},
		{"an MRN twice", "$M", "$M~$M", "AA applied", ada},
		{"two MRNs", "$M", "$M~$O", "AE 205 PID^1^3", "not known"},
		{"MRNs of others before", "$M", `""^^^CITY^MR~77^^^GP^MR~$M`, "AA applied", ada},
		// Escapes.
		{"in a bed", "H4^12^A", `H4^1\T\2^A`, "AA applied", strings.Replace(ada, "12A", "1&2A", 1)},
		{"of controls in a name", "OKAFOR^Ada", `OKA\X0D\FOR^A\.br\da`, "AA applied", strings.Replace(ada, "OKAFOR, Ada", "OKA FOR, A da", 1)},
		{"that is unfinished", "OKAFOR", `OKA\FOR`, "AA applied", strings.Replace(ada, "OKAFOR", `OKA\FOR`, 1)},
		{"of another character set", "OKAFOR", `\C2842\`, "AE 102 PID^1^5", "not known"},
		// Controls that are no escapes.
		{"NUL in a name, a bed and a visit", "OKAFOR^Ada||19610314\nPV1||I|H4^12", "OKA\x00FOR^Ada||19610314\nPV1||I|H4^1\x002", "AA applied", ada},
		{"NUL in the header", "|ADT|CITY|", "|ADT\x00|CI\x00TY|", "AA applied", ada},
		{"NUL in an MRN", "PID|||", "PID|||\x00", "AA applied", ada},
		{"a zero width space in an MRN", "PID|||", "PID|||\u200b", "AA applied", ada},
		// Long values.
		{"a long sender", "|ADT|CITY|", "|" + long + "|" + strings.Repeat("Y", 60_000) + "|", "AA applied", ada},
		{"a long control ID", "|c|", "|" + long[:199] + "|", "AA applied", ada},
		{"a longer control ID", "|c|", "|" + long[:200] + "|", "AE 102 MSH^1^10", "not known"},
		{"a long class and disposition", "PV1||I|", "PV1||" + long + "|", "AA ignored class", "not known"},
		// Missing parts.
		{"no EVN", "EVN|A01|20261120080500\n", "", "AA applied", ada},
		{"no PID", "PID|||$M||OKAFOR^Ada||19610314\n", "", "AE 100 PV1^1", "not known"},
		{"no PV1", "PV1||I|H4^12^A||||2201^NAIR^Priya||||||||||||$V\n", "", "AE 100 PV1^1", "not known"},
		{"no visit", "||||||||||||$V", "", "AA applied", strings.Replace(ada, "$V ", "", 1)},
		{"no place", "H4^12^A", "", "AA ignored unknown", "not known"},
		{"no name", "OKAFOR^Ada", "", "AE 101 PID^1^5", "not known"},
		{"no birth date", "19610314", "", "AA applied", strings.Replace(ada, "1961-03-14", "; second ID $V", 1)},
		{"no type of event", "ADT^A01", "ADT", "AA applied", ada},
		{"no control ID", "|c|", "||", "AE 101 MSH^1^10", "not known"},
		{"two messages in one", "PV1||", oddA01 + "PV1||", "AE 100 MSH^2", "not known"},
		// For another receiver, or of another standard.
		{"no ADT", "ADT^A01", "ORU^R01", "AE 200 MSH^1^9", "not known"},
		{"no event's form", "ADT^A01", "ADT^admit", "AE 201 MSH^1^9^1^2", "not known"},
		{"a test system", "|P|", "|T|", "AE 202 MSH^1^11", "not known"},
		{"an old version", "|2.5.1", "|2.2", "AE 203 MSH^1^12", "not known"},
		{"enhanced mode", "|2.5.1", "|2.5.1|||AL|NE", "AA applied enhanced_mode", ada},
		// Times.
		{"an offset", "$V", "$V|||||||||||||||||||||||||20261120090000+0200", "AA applied", strings.Replace(ada, "08:05", "07:00", 1)},
		{"an offset in MSH-7", "20261120080500||ADT^A01|c|P|2.5.1\nEVN|A01|20261120080500", "20261120080500+0200||ADT^A01|c|P|2.5.1\nEVN|A01|20261120080500", "AA applied", strings.Replace(ada, "08:05", "06:05", 1)},
		{"a day before", "$V", "$V|||||||||||||||||||||||||20261119", "AA applied", strings.Replace(ada, "20 Nov 08:05", "19 Nov 00:00", 1)},
		{"the same day", "$V", "$V|||||||||||||||||||||||||20261120", "AA applied", ada},
		{"an hour", "$V", "$V|||||||||||||||||||||||||2026112006", "AA applied", strings.Replace(ada, "08:05", "06:00", 1)},
		{"a day alone in EVN-2", "EVN|A01|20261120080500", "EVN|A01|20261119", "AA applied", ada},
		{"the hour that comes twice", "$V", "$V|||||||||||||||||||||||||20261025013000", "AA applied time_comes_twice", strings.Replace(ada, "20 Nov 08:05", "25 Oct 01:30", 1)},
		{"the hour that never comes", "$V", "$V|||||||||||||||||||||||||20260329013000", "AA applied time_never_comes", strings.Replace(ada, "20 Nov 08:05", "29 Mar 02:30", 1)},
		{"hour 24", "$V", "$V|||||||||||||||||||||||||20261119240000", "AE 102 PV1^1^44", "not known"},
		{"tomorrow", "$V", "$V|||||||||||||||||||||||||20261121", "AA held ahead", "not known"},
	} {
		e.next()
		text := oddA01
		if c.old != "" {
			if !strings.Contains(text, c.old) {
				t.Fatalf("%s: the message does not hold %q", c.about, c.old)
			}
			text = strings.Replace(text, c.old, c.new, 1)
		}
		text = strings.Replace(text, "|c|", fmt.Sprintf("|c%d|", e.sent), 1)
		if got := e.sends(text); got != c.answer {
			t.Errorf("%s: %s, want %s", c.about, got, c.answer)
		}
		shown, _, _ := strings.Cut(e.show(e.mrn()), "; perhaps one person")
		if want := strings.ReplaceAll(c.shown, "$V", fmt.Sprint("V", e.sent)); shown != want {
			t.Errorf("%s:\n%s, want\n%s", c.about, shown, want)
		}
	}
	// Of the refused ones those for another receiver are counted alone.
	waiting, err := s.log.Inbox(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range waiting {
		if m := &waiting[i]; m.State == ward.MessageRefused && m.Code >= 200 && m.Code <= 203 {
			t.Errorf("in the inbox: %+v", m)
		}
	}
	if len(waiting) < 10 {
		t.Errorf("%d messages are in the inbox", len(waiting))
	}
	s.whole()
}

// oddly returns a message about the selected patient at a minute, with more than one person if
// the text has them.
func oddly(control, event string, minute int, segments ...string) string {
	at := fmt.Sprintf("202611200805%02d", minute)
	return fmt.Sprintf("MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|%s||ADT^%s|%s|P|2.5.1\nEVN|%s|%s\n", at, event, control, event, at) + strings.Join(segments, "\n") + "\n"
}

// Messages that belong together, each with its answer, and the two patients at the end.
func TestOddSequences(t *testing.T) { onEngines(t, oddSequences) }

func oddSequences(t *testing.T, s *stored) {
	e := &engineOf{stored: s}
	const (
		ada     = "PID|||$M||OKAFOR^Ada||19610314"
		bjorg   = "PID|||$O||BERG^Nils||19580203"
		in12    = "PV1||I|H4^12^A||||||||||||||||$V"
		in14    = "PV1||I|H4^14^B||||||||||||||||W$V"
		to14    = "PV1||I|H4^14^B||||||||||||||||$V"
		to12    = "PV1||I|H4^12^A||||||||||||||||W$V"
		away    = "PV1||I|ICU^3^1||||||||||||||||$V"
		is12    = "OKAFOR, Ada; 1961-03-14; $V 12A from 20 Nov 08:05"
		is14    = "OKAFOR, Ada; 1961-03-14; $V 14B from 20 Nov 08:05"
		nils14  = "BERG, Nils; 1958-02-03; W$V 14B from 20 Nov 08:05"
		nils12  = "BERG, Nils; 1958-02-03; W$V 12A from 20 Nov 08:05"
		unknown = "not known"
	)
	type step struct{ text, answer string }
	admitted := step{oddly("1", "A01", 0, ada, in12), "AA applied"}
	both := []step{admitted, {oddly("2", "A01", 1, bjorg, in14), "AA applied"}}
	for _, c := range []struct {
		about       string
		come        []step
		ours, other string
	}{
		{"a control ID with another content, and both again", []step{admitted, {oddly("1", "A02", 5, ada, to14), "AA applied control_id_reused"},
			{oddly("1", "A02", 5, ada, to14), "AA duplicate"}, {oddly("1", "A01", 0, ada, in12), "AA duplicate"}}, is14, unknown},
		{"a refused one with a control ID of another, and again", []step{admitted, {oddly("1", "A08", 5, "PID|||77^^^GP^MR", in12), "AE 101 PID^1^3 control_id_reused"},
			{oddly("1", "A08", 5, "PID|||77^^^GP^MR", in12), "AE 101 PID^1^3"}}, is12, unknown},
		{"the same sent later, with the time of then", []step{admitted, {strings.Replace(oddly("1", "A01", 0, ada, in12), "20261120080500||", "20261120083000||", 1), "AA duplicate"}}, is12, unknown},
		{"two beds are exchanged by two transfers", append(both[:2:2], step{oddly("3", "A02", 5, ada, to14), "AA applied"}, step{oddly("4", "A02", 6, bjorg, to12), "AA applied"}), is14, nils12},
		{"an exchange with one who is elsewhere", append(both[:2:2], step{oddly("3", "A17", 5, ada, to14, bjorg, "PV1||I|ICU^3^1||||||||||||||||W$V"), "AA held swap"}), is12, nils14},
		{"an exchange with oneself", []step{admitted, {oddly("3", "A17", 5, ada, in12, ada, to14), "AA held swap"}}, is12, unknown},
		{"an exchange of one", []step{admitted, {oddly("3", "A17", 5, ada, in12), "AE 100 PID^2"}}, is12, unknown},
		{"an exchange of three", append(both[:2:2], step{oddly("3", "A17", 5, ada, to14, bjorg, to12, "PID|||9^^^CITY^MR", in12), "AE 100 PID^3"}), is12, nils14},
		{"a merge of two unknown", []step{{oddly("1", "A40", 0, ada, "MRG|$O"), "AA ignored unknown"}}, unknown, unknown},
		{"a merge of an unknown into ours", []step{admitted, {oddly("2", "A40", 5, ada, "MRG|$O"), "AA applied"}}, is12, unknown},
		{"a merge of ours into an unknown", []step{{oddly("1", "A01", 0, "PID|||$O||OKAFOR^Ada||19610314", in12), "AA applied"}, {oddly("2", "A40", 5, ada, "MRG|$O"), "AA applied"}}, is12, is12},
		{"a merge without a prior number", []step{admitted, {oddly("2", "A40", 5, ada), "AE 100 MRG^1"}}, is12, unknown},
		{"a merge with an empty prior number", []step{admitted, {oddly("2", "A40", 5, ada, "MRG|"), "AE 101 MRG^1^1"}}, is12, unknown},
		{"a merge with a prior number of others", []step{admitted, {oddly("2", "A40", 5, ada, "MRG|77^^^GP^PI"), "AE 101 MRG^1^1"}}, is12, unknown},
		{"a merge with a prior number that is too long", []step{admitted, {oddly("2", "A40", 5, ada, "MRG|"+strings.Repeat("7", 300)+"^^^CITY^MR"), "AA applied"}}, is12, unknown},
		{"a merge with controls in the prior number", []step{admitted, {oddly("2", "A40", 5, ada, "MRG|\x00$O"), "AA applied"}}, is12, unknown},
		{"a merge of two persons", append(both[:2:2], step{oddly("3", "A40", 5, ada, "MRG|$O"), "AA held merge"}), is12, nils14},
		{"a merge before the prior number", []step{admitted, {oddly("2", "A40", 5, "MRG|$O", ada), "AE 100 MRG^1"}}, is12, unknown},
		{"cancellations of a patient whom nobody knows", []step{{oddly("1", "A11", 1, ada, away), "AA ignored unknown"}, {oddly("2", "A12", 2, ada, away), "AA ignored unknown"},
			{oddly("3", "A13", 3, ada, away), "AA ignored unknown"}}, unknown, unknown},
		{"each cancellation twice", []step{admitted, {oddly("2", "A02", 1, ada, away), "AA applied"}, {oddly("3", "A12", 2, ada, in12), "AA applied"}, {oddly("4", "A12", 3, ada, in12), "AA applied"},
			{oddly("5", "A03", 4, ada, in12), "AA applied"}, {oddly("6", "A13", 5, ada, in12), "AA applied"}, {oddly("7", "A13", 6, ada, in12), "AA applied"},
			{oddly("8", "A11", 7, ada, in12), "AA applied"}, {oddly("9", "A11", 8, ada, in12), "AA applied waiting"}}, "OKAFOR, Ada; 1961-03-14", unknown},
	} {
		e.next()
		for i, m := range c.come {
			control := fmt.Sprintf("|%d-$0|", e.sent)
			parts := strings.SplitN(m.text, "|", 11)
			parts[9] = strings.Replace(strings.Trim(control, "|"), "$0", parts[9], 1)
			if got := e.sends(strings.Join(parts, "|")); got != m.answer {
				t.Errorf("%s, message %d: %s, want %s", c.about, i+1, got, m.answer)
			}
		}
		for mrn, want := range map[string]string{e.mrn(): c.ours, e.other(): c.other} {
			shown, _, _ := strings.Cut(e.show(mrn), "; perhaps one person")
			if want = strings.ReplaceAll(want, "$V", fmt.Sprint("V", e.sent)); shown != want {
				t.Errorf("%s:\n%s, want\n%s", c.about, shown, want)
			}
		}
	}
	s.whole()
}
