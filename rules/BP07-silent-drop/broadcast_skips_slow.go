// A broadcast in a labelled loop: a subscriber whose buffer is full misses the message,
// and neither he nor anyone else can find out.
package pubsub

import "sync"

type subscriber struct {
	topics []string
	inbox  chan []byte
}

type Broker struct {
	mu   sync.Mutex
	subs map[int]*subscriber
	next int
}

func (b *Broker) Subscribe(room int, topics ...string) <-chan []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = make(map[int]*subscriber)
	}
	s := &subscriber{topics: topics, inbox: make(chan []byte, room)}
	b.subs[b.next] = s
	b.next++
	return s.inbox
}

func (b *Broker) Publish(topic string, msg []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
nextSub:
	for _, s := range b.subs {
		for _, t := range s.topics {
			if t != topic {
				continue
			}
			select {
			case s.inbox <- msg:
			default: //~ BP07 high
			}
			continue nextSub
		}
	}
}
