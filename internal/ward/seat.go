package ward

// Seat is a terminal that opens the ward over SSH, known by its key.
type Seat struct {
	Label       string
	Kind        SeatKind
	Staff       string // of a member's key: the member of staff
	Fingerprint string // SHA256:…, as ssh-keygen -l prints it
	Key         string // the public key, as in the file .pub but without its comment
	Active      bool
}

// SeatKind tells whose key opens a seat.
type SeatKind string

// The kinds of seats.
const (
	MemberSeat  SeatKind = "member"      // the key of one member of staff
	Workstation SeatKind = "workstation" // the key of a machine, at which any member signs in
)

// SeatKinds are the kinds of seats with their words.
var SeatKinds = []Term{{string(MemberSeat), "a member's own key"}, {string(Workstation), "a workstation"}}

// Validate returns an invalid [*Error] on the first field that cannot be recorded.
func (s Seat) Validate() error {
	if err := textField("label", s.Label, 60, required); err != nil {
		return err
	}
	if err := oneOf("kind", string(s.Kind), SeatKinds); err != nil {
		return err
	}
	if (s.Kind == MemberSeat) != (s.Staff != "") {
		return Invalid("staff", "the key of a member belongs to one member of staff, and that of a workstation to none")
	}
	if err := textField("fingerprint", s.Fingerprint, 100, required); err != nil {
		return err
	}
	return textField("key", s.Key, 8192, required)
}
