// Three counters of one struct that nobody reads are one fault: it is said where the first field of
// them is counted up. Two are two, and so are those of another struct.
package courier

import "log"

type counts struct {
	taken, refused, late, parcels int
}

type Depot struct {
	counts counts
	shelf  []string
}

func (d *Depot) Take(parcel string) bool {
	d.counts.parcels++
	if len(d.shelf) > 100 {
		d.counts.refused++
		return false
	}
	d.shelf = append(d.shelf, parcel)
	d.counts.taken++ //~ BP21 high
	log.Printf("%d parcels came", d.counts.parcels)
	return true
}

func (d *Depot) Late() {
	d.counts.late++
}

type Van struct {
	stops, turns int
}

func (v *Van) Stop() {
	v.stops++ //~ BP21 high
}

func (v *Van) Turn() {
	v.turns++ //~ BP21 high
}
