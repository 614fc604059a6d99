package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

func TestWrongFilesAreRefused(t *testing.T) {
	const (
		tables     = "there are due_soon, last_day, [intervals], [not_examined], [acknowledge_within], [checklist], [ice], [screen], [backup], [downtime], [home], [fhir], [status], [intake] and [words]"
		intervals  = "[intervals] takes grade_3_4, unfinished, unable, burst, burst_for, urgent, step_down_6h, grade1, incomplete, step_down_24h, none, days and first_check"
		screen     = "[screen] takes idle_lock, palette and bell"
		checklist  = "[checklist] takes grade1 and urgent"
		interval   = `write a time from "15m" to "168h" (7 days)`
		list       = "write a list of 1 to 12 different texts of up to 120 characters each"
		objects    = "write a list of 3 different objects of up to 40 characters each"
		path       = `write a folder from / on, of up to 500 characters, "" for none`
		sentence   = `write one line of up to 120 characters, "" for none`
		isASetting = `; a setting is a line such as none = "8h", with times and texts in quotes`
		noLater    = "after a worse check the next one cannot be later"
		useless    = "the shortest that applies counts, so it would have no effect"
		takes      = "[words.pt] takes objects and sentence, and [words.pt.ask] the questions"
		asks       = "[words.pt.ask] takes ice_year, ice_month, ice_city, ice_hospital, ice_naming, ice_command, ice_writing, ice_attention, confusion, agitation, inattention, memory, speech, headache, tremor, hallucinations, handwriting, movement, cranial_nerve and personality"
		ranges     = `write a list of up to 10 such as "2 to 10: 4h", with days from -99 to 365 and times from "15m" to "168h" (7 days), [] for none`
	)
	tests := []struct {
		name string
		file string
		want []string
	}{
		// Times.
		{"no time", "[intervals]\nnone = \"8x\"\n", []string{`2:8: intervals.none: "8x" is no time such as "8h" or "1h30m"; ` + interval}},
		{"empty time", "[intervals]\nnone = \"\"\n", []string{`2:8: intervals.none: "" is no time such as "8h" or "1h30m"; ` + interval}},
		{"days", "[intervals]\nnone = \"1d\"\n", []string{`2:8: intervals.none: "1d" is no time such as "8h" or "1h30m"; ` + interval}},
		{"a number for a time", "[intervals]\nnone = 8\n", []string{`2:8: intervals.none: this is a whole number; ` + interval}},
		{"a time without a unit", "[intervals]\nnone = \"8\"\n", []string{`2:8: intervals.none: "8" needs a unit, such as "8h" or "90m"; ` + interval}},
		{"a list for a time", "[intervals]\nnone = [\"8h\"]\n", []string{`2:8: intervals.none: this is a list; ` + interval}},
		{"a time of day", "[intervals]\nnone = 08:00:00\n", []string{`2:8: intervals.none: this is a date or a time of day; ` + interval}},
		{"negative", "[intervals]\nnone = \"-8h\"\n", []string{`2:8: intervals.none: "-8h" is negative; ` + interval}},
		{"over seven days", "[intervals]\nnone = \"168h1m\"\n", []string{`2:8: intervals.none: "168h1m" is too long; ` + interval}},
		{"under a quarter of an hour", "[intervals]\nunable = \"14m\"\n", []string{`2:10: intervals.unable: "14m" is too short; ` + interval}},
		{"not in minutes", "[intervals]\nunable = \"15m30s\"\n", []string{`2:10: intervals.unable: "15m30s" is not in whole minutes; ` + interval}},
		{"a negative wait", "[acknowledge_within]\nurgent = \"-1m\"\n", []string{`2:10: acknowledge_within.urgent: "-1m" is negative; write a time from "1m" to "24h"`}},
		{"no lock", "[screen]\nidle_lock = \"0s\"\n", []string{`2:13: screen.idle_lock: "0s" is too short; write a time from "1m" to "4h"`}},
		{"a number too large for a time", "due_soon = \"9999999999h\"\n", []string{`1:12: due_soon: "9999999999h" is no time such as "8h" or "1h30m"; write a time from "1m" to "4h"`}},

		// Times that contradict each other.
		{"grade 3 later than urgent", "[intervals]\nurgent = \"1h\"\ngrade_3_4 = \"2h\"\n", []string{`3:13: intervals.grade_3_4: "2h" is longer than intervals.urgent, "1h"; ` + noLater}},
		{"later than a default", "[intervals]\ngrade1 = \"12h\"\n", []string{
			`2:10: intervals.grade1: "12h" is longer than intervals.none, "8h" by default; ` + noLater,
			`2:10: intervals.grade1: "12h" is longer than intervals.step_down_24h, "4h" by default; ` + useless,
		}},
		{"earlier than defaults", "[intervals]\nnone = \"2h\"\n", []string{
			`2:8: intervals.none: "2h" is shorter than intervals.grade1, "4h" by default; ` + noLater + `: set intervals.grade1 too`,
			`2:8: intervals.none: "2h" is shorter than intervals.incomplete, "4h" by default; ` + noLater + `: set intervals.incomplete too`,
			`2:8: intervals.none: "2h" is shorter than intervals.step_down_24h, "4h" by default; ` + noLater + `: set intervals.step_down_24h too`,
		}},
		{"unable later than incomplete", "[intervals]\nunable = \"5h\"\n", []string{`2:10: intervals.unable: "5h" is longer than intervals.incomplete, "4h" by default; ` + useless}},
		{"6 h later than 24 h", "[intervals]\nstep_down_6h = \"5h\"\n", []string{`2:16: intervals.step_down_6h: "5h" is longer than intervals.step_down_24h, "4h" by default; ` + noLater}},
		{"a burst later than grade 1", "[intervals]\nburst = \"4h30m\"\nburst_for = \"9h\"\n", []string{`2:9: intervals.burst: "4h30m" is longer than intervals.grade1, "4h" by default; ` + useless}},
		{"a burst of one check", "[intervals]\nburst = \"2h\"\nburst_for = \"1h\"\n", []string{`2:9: intervals.burst: "2h" is longer than intervals.burst_for, "1h"; there would be no second check in it`}},
		{"a burst too short for the default", "[intervals]\nburst_for = \"30m\"\n", []string{`2:13: intervals.burst_for: "30m" is shorter than intervals.burst, "1h" by default; there would be no second check in it: set intervals.burst too`}},
		{"not examined, urgent first", "[not_examined]\ngrade1 = \"16h\"\nurgent = \"12h\"\n", []string{`2:10: not_examined.grade1: "16h" is longer than not_examined.urgent, "12h"; a patient is grade 1 first and urgent later`}},
		{"urgent accepted after grade 1", "[acknowledge_within]\nurgent = \"2h\"\n", []string{`2:10: acknowledge_within.urgent: "2h" is longer than acknowledge_within.grade1, "1h" by default; the urgent one is accepted first`}},
		{"references without a system", "[fhir]\npatient = \"reference\"\n", []string{"2:11: fhir.patient: references need the system of the MRNs: set fhir.mrn_system too"}},
		{"days shorter than grade 1", "[intervals]\ndays = [\n \"0 to 1: 8h\",\n \"2 to 10: 3h\"]\ngrade1 = \"4h\"\nincomplete = \"3h\"\nstep_down_24h = \"3h\"\n", []string{
			`4:2: intervals.days: number 2 is shorter than intervals.grade1, "4h"; ` + noLater + ": set intervals.grade1 too",
			`5:10: intervals.grade1: "4h" is longer than intervals.step_down_24h, "3h"; ` + useless,
		}},
		{"wrong days", "[intervals]\ndays = [\"2-10: 4h\", \"2 to 10: 4\", \"10 to 2: 4h\", \"0 to 366: 4h\", \"2: 8h\", \"1 to 2: 8h\", 4]\n", []string{
			`2:9: intervals.days: number 1 is "2-10: 4h"; ` + ranges,
			`2:21: intervals.days: number 2 has a time that needs a unit, such as "8h" or "90m"; ` + ranges,
			`2:35: intervals.days: number 3 ends before it begins; ` + ranges,
			`2:50: intervals.days: number 4 has days out of range; ` + ranges,
			`2:75: intervals.days: number 6 has days of number 5; ` + ranges,
			`2:89: intervals.days: number 7 is a whole number; ` + ranges,
		}},
		{"days as one text", "[intervals]\ndays = \"2 to 10: 4h\"\n", []string{"2:8: intervals.days: this is a text in quotes; " + ranges}},
		{"off for another time", "[intervals]\ngrade1 = \"off\"\n", []string{`2:10: intervals.grade1: "off" is no time such as "8h" or "1h30m"; ` + interval}},

		// Checklists of products.
		{"a misspelt list of a product", "[checklist.products.axi-cel]\nurgnt = [\"a\"]\n", []string{"2:1: checklist.products.axi-cel.urgnt: there is no such setting; [checklist.products.axi-cel] takes grade1 and urgent"}},
		{"an item in both lists of a product", "[checklist.products.axi-cel]\ngrade1 = [\"a\", \"b\"]\nurgent = [\"b\"]\n", []string{"3:11: checklist.products.axi-cel.urgent: number 1 is in checklist.products.axi-cel.grade1 too; an urgent follow-up has the items of both lists"}},
		{"one product in two spellings", "[checklist.products.axi-cel]\ngrade1 = [\"a\"]\n[checklist.products.AXI-CEL]\ngrade1 = [\"b\"]\n", []string{"4:1: checklist.products.axi-cel.grade1: it is there twice; keep one"}},
		{"a product without a name", "[checklist.products.\"\"]\ngrade1 = [\"a\"]\n", []string{`1:2: checklist.products."": write the product's name, without blanks around it`}},
		{"a product with a control character", "[checklist.products.\"a\\u001b\"]\ngrade1 = [\"a\"]\n", []string{`1:2: checklist.products."a\x1b": the name has a control character in it (U+001B)`}},

		// Words of other languages.
		{"a misspelt question", "[words.pt.ask]\nice_yeer = \"?\"\n", []string{"2:1: words.pt.ask.ice_yeer: there is no such setting; did you mean ice_year? " + asks}},
		{"a question of no item", "[words.pt]\nask.seizure = \"?\"\n", []string{"2:1: words.pt.ask.seizure: there is no such setting; " + asks}},
		{"a misspelt word", "[words.pt]\nobject = []\n", []string{"2:1: words.pt.object: there is no such setting; did you mean objects? " + takes}},
		{"a misspelt table of questions", "[words.pt.asks]\nice_year = 1\n", []string{"1:2: words.pt.asks: there is no such table; did you mean ask? " + takes}},
		{"a table below the questions", "[words.pt.ask.old]\nice_year = 1\n", []string{"1:2: words.pt.ask.old: there is no such table; " + asks}},
		{"a word without a language", "[words]\nsentence = \"a\"\n", []string{"2:1: words.sentence: this is a table and no single value; write [words.sentence] and its settings below"}},
		{"a list of questions", "[words.pt]\nask = [\"?\"]\n", []string{"2:1: words.pt.ask: this is a table and no single value; write [words.pt.ask] and its settings below"}},
		{"two objects", "[words.pt]\nobjects = [\"relógio\", \"\"]\n", []string{
			"2:11: words.pt.objects: the list has 2; " + objects, "2:23: words.pt.objects: number 2 is empty; " + objects,
		}},
		{"a long question", "[words.pt.ask]\nice_year = \"" + strings.Repeat("a", 71) + "\"\n", []string{`2:12: words.pt.ask.ice_year: this has 71 characters; write one line of up to 70 characters, "" for none`}},
		{"a question with a control character", "[words.pt.ask]\nice_year = \"\\u001b[2J\"\n", []string{`2:12: words.pt.ask.ice_year: this has a control character in it (U+001B); write one line of up to 70 characters, "" for none`}},
		{"a sentence in two lines", "[words.pt]\nsentence = \"a\\nb\"\n", []string{"2:12: words.pt.sentence: this has a line break in it; " + sentence}},
		{"one language in two spellings", "[words.pt]\nsentence = \"a\"\n[words.PT]\nsentence = \"b\"\n", []string{"4:1: words.pt.sentence: it is there twice; keep one"}},
		{"a language without a name, said once", "[words.\"\"]\nfoo = 1\nbar = 2\n", []string{`1:2: words."": write the language as patients have it, without blanks around it`}},
		{"a language with a control character", "[words.\"p\\u200bt\"]\n", []string{`1:2: words."p\u200bt": the language has a control character in it (U+200B)`}},
		{"a long language", "[words." + strings.Repeat("p", 41) + "]\n", []string{"1:2: words." + strings.Repeat("p", 41) + ": the language has 41 characters"}},
		{"too many languages", manyLanguages(), []string{"17:2: words.l16: there are more than 16 languages"}},

		// Messages: a listener that begins with such settings takes none.
		{"an unknown character set", "[intake]\ncharset = \"klingon\"\n", []string{`2:11: intake.charset: this program reads no character set "klingon"; write a character set such as "UNICODE UTF-8" or "8859/1", "" for none`}},
		{"a bed of no component", "[intake]\nbed = \"{2}{12}\"\n", []string{`2:7: intake.bed: "{2}{12}" has a { that begins no component; write one line of up to 60 characters, with {1} to {11} for the components of PV1-3, "" for none`}},
		{"no type", "[intake]\nid_type = \"\"\n", []string{`2:11: intake.id_type: "" is no type; write one line of 1 to 60 characters, "*" for any`}},
		{"an unknown zone", "[intake]\nzone = \"Europe/Lisbonne\"\n", []string{`2:8: intake.zone: there is no zone "Europe/Lisbonne"; write a zone such as "Europe/Lisbon", "" for the ward's`}},

		// Numbers, words, truth.
		{"day 0", "last_day = 0", []string{"1:12: last_day: 0 is too small; write a whole number from 1 to 365"}},
		{"day 366", "last_day = 366", []string{"1:12: last_day: 366 is too large; write a whole number from 1 to 365"}},
		{"half a day", "last_day = 28.5", []string{"1:12: last_day: this is a number with a point; write a whole number from 1 to 365"}},
		{"day in quotes", "last_day = \"28\"", []string{"1:12: last_day: this is a text in quotes; write a whole number from 1 to 365"}},
		{"palette", "[screen]\npalette = \"drak\"\n", []string{`2:11: screen.palette: there is no "drak"; write "auto", "light" or "dark"`}},
		{"palette of another type", "[screen]\npalette = true\n", []string{`2:11: screen.palette: this is true or false; write "auto", "light" or "dark"`}},
		{"bell", "[screen]\nbell = \"on\"\n", []string{`2:8: screen.bell: this is a text in quotes; write true or false, without quotes`}},

		// Texts and lists.
		{"empty list", "[checklist]\ngrade1 = []\n", []string{"2:10: checklist.grade1: the list is empty; " + list}},
		{"one text for a list", "[checklist]\ngrade1 = \"look\"\n", []string{"2:10: checklist.grade1: this is a text in quotes; " + list}},
		{"items", "[checklist]\nurgent = [\n  \"" + strings.Repeat("é", 121) + "\",\n  \"\", \" \", \"a\\tb\", 7, [],\n  \"ok\", \"ok\",\n]\n", []string{
			"2:10: checklist.urgent: number 6 is a list; " + list,
			"3:3: checklist.urgent: number 1 has 121 characters; " + list,
			"4:3: checklist.urgent: number 2 is empty; " + list,
			"4:7: checklist.urgent: number 3 is empty; " + list,
			"4:12: checklist.urgent: number 4 has a control character in it (U+0009); " + list,
			"4:20: checklist.urgent: number 5 is a whole number; " + list,
			"5:9: checklist.urgent: number 8 is the same as number 7; " + list,
		}},
		{"escape sequence", "[checklist]\nurgent = [\"\\u001b[2J\"]\n", []string{"2:11: checklist.urgent: number 1 has a control character in it (U+001B); " + list}},
		{"direction mark", "[checklist]\nurgent = [\"a\\u202eb\"]\n", []string{"2:11: checklist.urgent: number 1 has a control character in it (U+202E); " + list}},
		{"line break", "[checklist]\nurgent = [\"\"\"a\nb\"\"\"]\n", []string{"2:11: checklist.urgent: number 1 has a line break in it; " + list}},
		{"13 items", "[checklist]\nurgent = [" + strings.Repeat("\"a\",", 13) + "]\n", []string{"2:10: checklist.urgent: the list has 13; " + list}},
		{"in both lists", "[checklist]\nurgent = [\"call\", \"note the  CRS grade\"]\n", []string{"2:19: checklist.urgent: number 2 is in checklist.grade1 by default too; an urgent follow-up has the items of both lists"}},
		{"in both lists, both set", "[checklist]\ngrade1 = [\"call\"]\nurgent = [\"call\"]\n", []string{"3:11: checklist.urgent: number 1 is in checklist.grade1 too; an urgent follow-up has the items of both lists"}},
		{"in both lists, the other set", "[checklist]\ngrade1 = [\"see the patient now\"]\n", []string{"2:11: checklist.grade1: number 1 is in checklist.urgent by default too; an urgent follow-up has the items of both lists"}},
		{"two objects", "[ice]\nobjects = [\"clock\", \"pen\"]\n", []string{"2:11: ice.objects: the list has 2; " + objects}},
		{"four objects", "[ice]\nobjects = [\"clock\", \"pen\", \"key\", \"cup\"]\n", []string{"2:11: ice.objects: the list has 4; " + objects}},
		{"one object twice", "[ice]\nobjects = [\"clock\", \"pen\", \"pen\"]\n", []string{"2:28: ice.objects: number 3 is the same as number 2; " + objects}},
		{"sentence", "[ice]\nsentence = \"" + strings.Repeat("a", 121) + "\"\n", []string{"2:12: ice.sentence: this has 121 characters; " + sentence}},
		{"sentence with an escape", "[ice]\nsentence = \"\\u009b\"\n", []string{"2:12: ice.sentence: this has a control character in it (U+009B); " + sentence}},

		// Numbers and folders that are kept elsewhere.
		{"a year and a day of copies", "[backup]\nkeep = 366\n", []string{"2:8: backup.keep: 366 is too large; write a whole number from 0 to 365"}},
		{"fewer than no copies", "[backup]\nkeep = -1\n", []string{"2:8: backup.keep: -1 is too small; write a whole number from 0 to 365"}},
		{"copies in words", "[backup]\nkeep = \"7\"\n", []string{"2:8: backup.keep: this is a text in quotes; write a whole number from 0 to 365"}},
		{"a relative folder", "[downtime]\nfolder = \"sheets\"\n", []string{`2:10: downtime.folder: "sheets" does not begin with /; ` + path}},
		{"a folder of the user", "[downtime]\nfolder = \"~/sheets\"\n", []string{`2:10: downtime.folder: "~/sheets" does not begin with /; ` + path}},
		{"a folder with a control character", "[downtime]\nfolder = \"/a\\u0000\"\n", []string{"2:10: downtime.folder: this has a control character in it (U+0000); " + path}},
		{"a folder with blanks", "[downtime]\nfolder = \"/srv/sheets \"\n", []string{"2:10: downtime.folder: this has blanks at an end, or two together; " + path}},
		{"a long folder", "[downtime]\nfolder = \"/" + strings.Repeat("a", 500) + "\"\n", []string{"2:10: downtime.folder: this has 501 characters; " + path}},
		{"a list of folders", "[downtime]\nfolder = [\"/a\"]\n", []string{"2:10: downtime.folder: this is a list; " + path}},

		// Keys.
		{"misspelt key", "[intervals]\nnonne = \"8h\"\n", []string{"2:1: intervals.nonne: there is no such setting; did you mean intervals.none? " + intervals}},
		{"capitals", "[intervals]\nGrade1 = \"4h\"\n", []string{"2:1: intervals.Grade1: there is no such setting; did you mean intervals.grade1, not_examined.grade1, acknowledge_within.grade1 or checklist.grade1? " + intervals}},
		{"no near key", "[intervals]\nfrequency = \"8h\"\n", []string{"2:1: intervals.frequency: there is no such setting; " + intervals}},
		{"several near keys", "[intervals]\ngrade4 = \"1h\"\n", []string{"2:1: intervals.grade4: there is no such setting; did you mean intervals.grade1? " + intervals}},
		{"key under the wrong table", "[screen]\nlast_day = 28\n", []string{"2:1: screen.last_day: there is no such setting; did you mean last_day, above the first [table]? " + screen}},
		{"key of another table", "[intervals]\nbell = true\n", []string{"2:1: intervals.bell: there is no such setting; did you mean screen.bell? " + intervals}},
		{"key above its table", "none = \"8h\"\n", []string{"1:1: none: there is no such setting; did you mean intervals.none? " + tables}},
		{"unknown key at the top", "last_dya = 28\n", []string{"1:1: last_dya: there is no such setting; did you mean last_day? " + tables}},
		{"misspelt table, said once", "[interval]\nnone = \"9d\"\nfoo = 1\n", []string{"1:2: interval: there is no such table; did you mean intervals? " + tables}},
		{"misspelt table with dots", "interval.none = \"8h\"\n", []string{"1:1: interval.none: there is no such setting; did you mean intervals.none? " + tables}},
		{"quoted key", "\"intervals.none\" = \"8h\"\n", []string{`1:1: "intervals.none": there is no such setting; did you mean intervals.none? ` + tables}},
		{"control character in a key", "\"\\u001b\" = 1\n", []string{`1:1: "\x1b": there is no such setting; ` + tables}},
		{"a table for a setting", "[intervals.none]\nhours = 8\n", []string{"1:2: intervals.none: this is a table and no value; " + interval}},
		{"an inline table for a setting", "[intervals]\nnone = { hours = 8 }\n", []string{"2:1: intervals.none: this is a table and no value; " + interval}},
		{"a table in a table", "[checklist.extra.more]\na = 1\n", []string{"1:2: checklist.extra.more: there is no such table; " + checklist}},
		{"a table in a table in a line", "[checklist]\nextra.more = 1\n", []string{"2:1: checklist.extra.more: there is no such setting; " + checklist}},
		{"a value for a table", "intervals = \"8h\"\n", []string{"1:1: intervals: this is a table and no single value; write [intervals] and its settings below"}},
		{"a list of tables", "[[intervals]]\nnone = \"9d\"\n", []string{"1:3: intervals: two brackets make a list of tables; write [intervals]"}},
		{"inside an inline table", "intervals = { none = \"9d\", foo = 1 }\n", []string{
			`1:22: intervals.none: "9d" is no time such as "8h" or "1h30m"; ` + interval,
			"1:28: intervals.foo: there is no such setting; " + intervals,
		}},

		// All at once, in the order of the file.
		{"everything at once", "last_day = 0\n[screen]\nbell = 1\n[ice]\nobject = 3\n[intervals]\nnone = \"1m\"\n", []string{
			"1:12: last_day: 0 is too small; write a whole number from 1 to 365",
			"3:8: screen.bell: this is a whole number; write true or false, without quotes",
			"5:1: ice.object: there is no such setting; did you mean ice.objects? [ice] takes objects and sentence",
			`7:8: intervals.none: "1m" is too short; ` + interval,
		}},

		// No TOML.
		{"no quotes", "[intervals]\nnone = 8h\n", []string{"2:9: strings must be quoted" + isASetting}},
		{"no value", "last_day =\n", []string{"1:11: the value is missing" + isASetting}},
		{"no value at the end", "last_day =", []string{"1:10: the value is missing" + isASetting}},
		{"no equals sign", "# über\nlast day = 1\n", []string{"2:6: expected '=' after key" + isASetting}},
		{"open text", "[ice]\nsentence = \"abc\n", []string{"2:16: basic strings cannot have new lines" + isASetting}},
		{"curly quotes", "[ice]\nsentence = “abc”\n", []string{"2:12: “ is no quote here; write the straight one, \""}},
		{"another letter", "é = 1\n", []string{"1:1: 'é' is not valid here"}},
		{"columns are letters", "[ice]\nobjects = [\"é\", ü]\n", []string{"2:17: 'ü' is not valid here"}},
		{"twice", "[intervals]\nnone = \"8h\"\nnone = \"6h\"\n", []string{"3:1: none: it is there twice; keep one"}},
		{"table twice", "[ice]\n[screen]\n[ice]\n", []string{"3:2: ice: it is there twice; keep one"}},
		{"no UTF-8", "[ice]\nsentence = \"\xff\"\n", []string{"2:13: this is no UTF-8; save the file as UTF-8"}},
		{"UTF-16", "\xff\xfe[\x00i\x00", []string{"1:1: this is no UTF-8; save the file as UTF-8"}},
		{"behind a byte order mark", "\ufefflast_day = 0\nfoo = 1\n", []string{
			"1:12: last_day: 0 is too small; write a whole number from 1 to 365",
			"2:1: foo: there is no such setting; " + tables,
		}},
		{"no TOML behind a byte order mark", "\ufefflast_day = é", []string{"1:12: 'é' is not valid here"}},
		{"Windows lines", "[screen]\r\nbell = 1\r\n", []string{"2:8: screen.bell: this is a whole number; write true or false, without quotes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "site.toml")
			save(t, path, tt.file)
			s, err := Load(path)
			if diff := cmp.Diff(Settings{}, s, zones); diff != "" {
				t.Errorf("settings beside an error:\n%s", diff)
			}
			wrong, ok := errors.AsType[Problems](err)
			if !ok || ward.KindOf(err) != ward.KindInvalid {
				t.Fatalf("%T %v of kind %v", err, err, ward.KindOf(err))
			}
			var got []string
			for _, p := range wrong {
				got = append(got, strings.TrimPrefix(p.Error(), path+":"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func manyLanguages() string {
	var b strings.Builder
	for i := range mostLanguages + 1 {
		fmt.Fprintf(&b, "[words.l%d]\n", i)
	}
	return b.String()
}

// A file may set as little as it likes, in any of TOML's forms.
func TestRightFiles(t *testing.T) {
	tests := []struct {
		name, file string
		change     func(*ward.Site)
		line       map[string]int
	}{
		{"empty", "", func(*ward.Site) {}, map[string]int{}},
		{"only comments", "# nothing\n", func(*ward.Site) {}, map[string]int{}},
		{"empty tables", "[intervals]\n[screen]\n", func(*ward.Site) {}, map[string]int{}},
		{"one value", "[screen]\n\nbell = false # at night\n", func(s *ward.Site) { s.Bell = false }, map[string]int{"screen.bell": 3}},
		{"dots", "screen.bell = false", func(s *ward.Site) { s.Bell = false }, map[string]int{"screen.bell": 1}},
		{"inline", "screen = { bell = false }", func(s *ward.Site) { s.Bell = false }, map[string]int{"screen.bell": 1}},
		{"quoted names", "[\"screen\"]\n'bell' = false", func(s *ward.Site) { s.Bell = false }, map[string]int{"screen.bell": 2}},
		{"byte order mark and Windows lines", "\ufeff[screen]\r\nbell = false\r\n", func(s *ward.Site) { s.Bell = false }, map[string]int{"screen.bell": 2}},
		{"blanks are tidied", "[ice]\nsentence = '  Comment\u00a0allez-vous\u202f? '", func(s *ward.Site) { s.Sentence = "Comment allez-vous ?" }, map[string]int{"ice.sentence": 2}},
		{"a number in another base", "last_day = 0x1c", func(s *ward.Site) { s.LastDay = 28 }, map[string]int{"last_day": 1}},
		{"no copies", "[backup]\nkeep = 0\n", func(s *ward.Site) { s.Backups.Keep = 0 }, map[string]int{"backup.keep": 2}},
		{"a folder", "[downtime]\nfolder = '/srv/the ward/C#'\n", func(s *ward.Site) { s.DowntimeFolder = "/srv/the ward/C#" }, map[string]int{"downtime.folder": 2}},
		{"no folder", "[downtime]\nfolder = ''\n", func(*ward.Site) {}, map[string]int{"downtime.folder": 2}},
		{"numbers to call", "[home]\ncall = ['Ward H4: 020 7946 0018']\nemergency = '999'\n", func(s *ward.Site) {
			s.Home = ward.HomePage{Call: []string{"Ward H4: 020 7946 0018"}, Emergency: "999"}
		}, map[string]int{"home.call": 2, "home.emergency": 3}},
		{"no numbers", "[home]\ncall = []\n", func(*ward.Site) {}, map[string]int{"home.call": 2}},
		{"a burst that is off", "[intervals]\nburst = 'off'\n", func(s *ward.Site) { s.Intervals.Burst = 0 }, map[string]int{"intervals.burst": 2}},
		{"days", "[intervals]\ndays = ['-5 to -1: 24h', '2 to 10:4h', '12: 4h']\n", func(s *ward.Site) {
			s.Intervals.Days = []ward.DayInterval{{From: -5, To: -1, Every: day}, {From: 2, To: 10, Every: 4 * time.Hour}, {From: 12, To: 12, Every: 4 * time.Hour}}
		}, map[string]int{"intervals.days": 2}},
		{"lists of a product", "[checklist.products.'Axi-Cel®']\ngrade1 = ['look']\n", func(s *ward.Site) {
			s.Checklists.Products = map[string]ward.Checklists{"axi-cel®": {Grade1: []string{"look"}, Urgent: s.Checklists.Urgent}}
		}, map[string]int{`checklist.products."axi-cel®".grade1`: 2}},
		{"lists of a product, inline", "checklist.products = { axi-cel = { grade1 = ['look'] } }\n", func(s *ward.Site) {
			s.Checklists.Products = map[string]ward.Checklists{"axi-cel": {Grade1: []string{"look"}, Urgent: s.Checklists.Urgent}}
		}, map[string]int{"checklist.products.axi-cel.grade1": 1}},
		{"words", "[words.PT]\nobjects = ['relógio', 'caneta', 'botão']\nsentence = ' O  céu '\nask.ice_year = 'Em que ano estamos?'\n[words.'Português']\n", func(s *ward.Site) {
			s.Words = map[string]ward.Words{
				"pt":        {Objects: []string{"relógio", "caneta", "botão"}, Sentence: "O céu", Ask: map[string]string{"ice_year": "Em que ano estamos?"}},
				"português": {},
			}
		}, map[string]int{"words.pt.objects": 2, "words.pt.sentence": 3, "words.pt.ask.ice_year": 4}},
		{"words that are none", "words = { pt = { sentence = '', ask = { speech = '' } } }\n", func(s *ward.Site) {
			s.Words = map[string]ward.Words{"pt": {}}
		}, map[string]int{"words.pt.sentence": 1, "words.pt.ask.speech": 1}},
		{"the bounds", "[intervals]\nnone = \"168h\"\nunable = \"15m\"\n", func(s *ward.Site) { s.Intervals.None, s.Intervals.Unable = 7*day, day/96 }, map[string]int{"intervals.none": 2, "intervals.unable": 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "site.toml")
			save(t, path, tt.file)
			got, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			want := Settings{Site: ward.DefaultSite(), Path: path, Text: []byte(tt.file), Line: tt.line}
			tt.change(&want.Site)
			if diff := cmp.Diff(want, got, zones); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The program must neither fall over a file nor read it twice differently, and a
// file full of mistakes must not fill the screen.
func FuzzParse(f *testing.F) {
	var b bytes.Buffer
	if err := WriteDefault(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	for _, seed := range []string{
		"", "\ufeff", "a", "[", "[[intervals]]\nnone=1", "[a.b]\nc=1", "x={a=[{b=1}]}", "intervals={none={a=1}}",
		"[ice]\nobjects=[\"a\",[],{a=1},'''b''', 1e9, 1979-05-27T07:32:00Z]", "\"\\u001b\"=1", "last_day=+0b11", "due_soon=\"-1ns\"",
		strings.Repeat("[", 20000), strings.Repeat("a.", 20000) + "a=1", strings.Repeat("a={", 9000), "[" + strings.Repeat("a.", 9000) + "a]\nb=1\nc=1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		site, line, faults := parse(doc)
		if len(faults) > 0 {
			for _, p := range tomldoc.ProblemsOf("site.toml", doc, faults) {
				if p.Line < 1 || p.Column < 1 || p.Line > 1+bytes.Count(doc, []byte("\n")) {
					t.Errorf("there is no such place: %v", p)
				}
				if text := p.Error(); ward.CleanText(text) != text || strings.Contains(text, "\n") || len(text) > 1000 {
					t.Errorf("this cannot be shown: %q", text)
				}
			}
			return
		}
		reloaded(t, Settings{Site: site, Path: "site.toml", Line: line})
	})
}

func save(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
