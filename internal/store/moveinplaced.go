package store

// placedRow is a row of a table in which no two of a patient may be open at a time.
type placedRow[T any] struct {
	line     int
	row      T
	survivor int64
}

// eachPlaced reads such a table, and calls record for each row if no row was refused. about
// returns the MRN and the number of a row, and whether it is open.
func eachPlaced[T any](m *moveIn, read func(func(int, *T) error) error, about func(*T) (mrn string, number int64, open bool), record func(*placedRow[T], *placed) error) error {
	var rows []placedRow[T]
	places := make(map[int64]*placed)
	err := read(func(line int, row *T) error {
		m.line = line
		mrn, number, open := about(row)
		survivor, known := m.survivorOf(mrn)
		if !known {
			return nil
		}
		if places[survivor] == nil {
			places[survivor] = newPlaced()
		}
		places[survivor].set(number, open)
		rows = append(rows, placedRow[T]{line, *row, survivor})
		return nil
	})
	if err != nil || len(m.refused) > 0 {
		return err
	}
	for i := range rows {
		m.line = rows[i].line
		if err := record(&rows[i], places[rows[i].survivor]); err != nil {
			return err
		}
	}
	return nil
}

// placed says for whom each of a patient's stays, or follow-ups, is recorded: for the
// survivor, or for another one of those who are linked as one if that one has another at the
// same time, because one patient has only one open at a time.
type placed struct {
	open  map[int64]bool           // those that are open now, by number
	clash map[int64]map[int64]bool // numbers that are open at one time
	at    map[int64]int64
}

func newPlaced() *placed {
	return &placed{make(map[int64]bool), make(map[int64]map[int64]bool), make(map[int64]int64)}
}

// set notes that a number is open from now on, or not.
func (p *placed) set(number int64, open bool) {
	if !open {
		delete(p.open, number)
		return
	}
	for other := range p.open {
		if other == number {
			continue
		}
		for _, pair := range [][2]int64{{number, other}, {other, number}} {
			if p.clash[pair[0]] == nil {
				p.clash[pair[0]] = make(map[int64]bool)
			}
			p.clash[pair[0]][pair[1]] = true
		}
	}
	p.open[number] = true
}

// place returns the patient for whom a number is recorded: the first of ids that is free.
// It returns 0 if none is.
func (p *placed) place(number int64, ids []int64) int64 {
	if id := p.at[number]; id != 0 {
		return id
	}
	for _, id := range ids {
		taken := false
		for other := range p.clash[number] {
			taken = taken || p.at[other] == id
		}
		if !taken {
			p.at[number] = id
			return id
		}
	}
	return 0
}
