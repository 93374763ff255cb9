// The reason stands above the make: a note, no more. The second comment is not a reason.
package billing

type tick struct {
	meter uint32
	wh    uint32
}

type Intake struct {
	ticks   chan tick
	archive chan tick
}

func NewIntake() *Intake {
	in := &Intake{}
	// All 40,000 meters report in the same second after a grid restart; 8 bytes each, 320 kB.
	in.ticks = make(chan tick, 40_000) //~ BP02 low
	// archive channel
	in.archive = make(chan tick, 40_000) //~ BP02 high
	return in
}
