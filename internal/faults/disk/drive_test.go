//go:build linux && cgo

package disk

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// drive is a simulated disk. It promises no more than the rules do: after a power cut a
// file has the bytes of its last sync, and a folder the names of its last sync. Each
// later change is there or not, independently of the others.
type drive struct {
	root         string
	top          *object
	open         map[int]*opened
	acknowledged [][]byte // written to the file of that name, which is not on the disk
}

// object is a file or a folder.
type object struct {
	folder bool

	synced  []byte   // of a file: its bytes at the last sync
	changes []change // of a file: since then, in their order

	names    map[string]*object // of a folder: as the programs see it
	lasting  map[string]*object // of a folder: at the last sync
	renaming []renaming         // of a folder: since then, in their order
}

// change writes data at an offset of a file or, if there is no data, sets its size.
type change struct {
	at   int64
	data []byte
}

// renaming changes names of one folder in one step. nil removes a name.
type renaming map[string]*object

// opened is an open file.
type opened struct {
	what *object
	at   int64
	end  bool // writes go to the end
	ack  bool
}

// acknowledgements is the name of the file in the root to which the recorded process
// writes a mark for each acknowledged step.
const acknowledgements = "acknowledged"

func newDrive(root string) *drive {
	return &drive{root: root, top: newFolder(), open: make(map[int]*opened)}
}

func newFolder() *object {
	return &object{folder: true, names: make(map[string]*object), lasting: make(map[string]*object)}
}

// find returns the folder of path, the name in it, and the object with that name.
func (d *drive) find(path string) (folder *object, name string, what *object) {
	inside, ok := strings.CutPrefix(path, d.root)
	if !ok {
		return nil, "", nil
	}
	what = d.top
	for name = range strings.FieldsFuncSeq(inside, func(r rune) bool { return r == '/' }) {
		if folder = what; folder == nil {
			return nil, "", nil
		}
		what = folder.names[name]
	}
	return folder, name, what
}

func (o *object) rename(r renaming) {
	o.renaming = append(o.renaming, r)
	r.apply(o.names)
}

func (r renaming) apply(names map[string]*object) {
	for name, what := range r {
		if names[name] = what; what == nil {
			delete(names, name)
		}
	}
}

// play makes one call. It returns an error if it does not know the call.
func (d *drive) play(c call) error {
	if c.path != "" {
		return d.playNames(c)
	}
	o := d.open[c.fd]
	if o == nil {
		return nil // not on this disk
	}
	switch c.do {
	case "close":
		delete(d.open, c.fd)
	case "seek":
		o.at = c.at
	case "sync":
		o.what.sync()
	case "truncate":
		o.what.changes = append(o.what.changes, change{at: c.at})
	case "write":
		if o.ack {
			d.acknowledged = append(d.acknowledged, c.data)
			return nil
		}
		at := c.at
		if at < 0 {
			if o.end {
				o.at = int64(len(o.what.content()))
			}
			at, o.at = o.at, o.at+int64(len(c.data))
		}
		if len(c.data) > 0 {
			o.what.changes = append(o.what.changes, change{at, c.data})
		}
	}
	return nil
}

func (d *drive) playNames(c call) error {
	folder, name, what := d.find(c.path)
	if folder == nil && what == nil {
		return fmt.Errorf("%s %s: it is in no folder that was recorded", c.do, c.path)
	}
	switch c.do {
	case "open":
		if what == nil {
			what = &object{}
			if name == acknowledgements && folder == d.top {
				d.open[c.fd] = &opened{what: what, ack: true}
				return nil
			}
			folder.rename(renaming{name: what})
		}
		if c.flags&os.O_TRUNC != 0 {
			what.changes = append(what.changes, change{})
		}
		d.open[c.fd] = &opened{what: what, end: c.flags&os.O_APPEND != 0}
	case "mkdir":
		folder.rename(renaming{name: newFolder()})
	case "remove":
		folder.rename(renaming{name: nil})
	case "link", "rename":
		other, to, _ := d.find(c.to)
		if other == nil || what == nil {
			return fmt.Errorf("%s %s to %s: one of them was not recorded", c.do, c.path, c.to)
		}
		switch {
		case c.do == "link":
			other.rename(renaming{to: what})
		case other == folder:
			folder.rename(renaming{name: nil, to: what})
		default:
			other.rename(renaming{to: what})
			folder.rename(renaming{name: nil})
		}
	}
	return nil
}

// sync makes the content of a file or a folder durable.
func (o *object) sync() {
	if o.folder {
		o.lasting, o.renaming = maps.Clone(o.names), nil
		return
	}
	for _, c := range o.changes {
		o.synced = c.apply(o.synced)
	}
	o.changes = nil
}

// content returns the bytes of a file as programs read them.
func (o *object) content() []byte {
	content := slices.Clone(o.synced)
	for _, c := range o.changes {
		content = c.apply(content)
	}
	return content
}

func (c change) apply(content []byte) []byte {
	if c.data == nil {
		return resized(content, c.at)
	}
	if end := c.at + int64(len(c.data)); end > int64(len(content)) {
		content = resized(content, end)
	}
	copy(content[c.at:], c.data)
	return content
}

// resized truncates content, or extends it with zeros.
func resized(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size]
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// luck decides which unsynced changes are there after a power cut: each with the
// probability kept, which differs by cut, so that some cuts lose all and some lose none.
type luck struct {
	*rand.Rand
	kept float64
}

func newLuck(number int) luck {
	return luck{rand.New(rand.NewPCG(uint64(number), 1)), []float64{1, 0, 0.5, 0.9}[number%4]}
}

func (l luck) keeps() bool { return l.Float64() < l.kept }

const sector = 512

// survivor returns the bytes of a file after a power cut. Each unsynced write is there,
// lost, or torn at the border of a sector. Writes reach the disk in any order, but do not
// pass a change of size. The size to which they extended the file may be lost too.
func (l luck) survivor(o *object) []byte {
	content := slices.Clone(o.synced)
	var writes []change
	flush := func() {
		size := int64(len(content))
		l.Shuffle(len(writes), func(i, j int) { writes[i], writes[j] = writes[j], writes[i] })
		for _, w := range writes {
			content = w.apply(content)
		}
		if int64(len(content)) > size && !l.keeps() {
			content = content[:size]
		}
		writes = nil
	}
	for _, c := range o.changes {
		switch {
		case c.data == nil && l.keeps():
			flush()
			content = resized(content, c.at)
		case c.data == nil:
		case l.keeps():
			writes = append(writes, c)
		case l.kept > 0 && l.IntN(2) == 0:
			writes = append(writes, l.torn(c))
		}
	}
	flush()
	return content
}

// torn returns one end of a write, up to the border of a sector.
func (l luck) torn(c change) change {
	first, last := c.at/sector+1, (c.at+int64(len(c.data))-1)/sector // borders inside of it
	if last < first {
		return c // within one sector, which is written whole
	}
	border := (first + l.Int64N(last-first+1)) * sector
	if l.IntN(2) == 0 {
		return change{c.at, c.data[:border-c.at]}
	}
	return change{border, c.data[border-c.at:]}
}

// list returns the names of a folder after a power cut.
func (l luck) list(o *object) map[string]*object {
	names := maps.Clone(o.lasting)
	for _, r := range o.renaming {
		if l.keeps() {
			r.apply(names)
		}
	}
	return names
}

// writeTo writes the disk after a power cut into a real folder.
func (d *drive) writeTo(l luck, into string) error { return d.top.writeTo(l, into) }

func (o *object) writeTo(l luck, path string) error {
	if !o.folder {
		return os.WriteFile(path, l.survivor(o), 0o600)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	names := l.list(o)
	for _, name := range slices.Sorted(maps.Keys(names)) { // in order, so that a seed gives the same luck
		if err := names[name].writeTo(l, filepath.Join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

// index returns the content after a power cut of the index that SQLite's processes share.
// They write it in memory, so that the disk may have nothing, an older state, or nonsense.
func (l luck) index(once []byte) []byte {
	left := slices.Clone(once)
	switch l.IntN(3) {
	case 0:
		left = nil
	case 1:
		for i := range left {
			left[i] = byte(l.Uint32())
		}
	}
	return left
}
