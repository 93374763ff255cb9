//highwater:nocompile
// An MQTT callback counts lost connections, another sets the count back to
// zero. Both only write.

package device

import (
	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/rs/zerolog"
)

type Link struct {
	client mqtt.Client
	log    zerolog.Logger
	losses int
}

func Dial(broker string, log zerolog.Logger) *Link {
	l := &Link{log: log}
	opts := mqtt.NewClientOptions().AddBroker(broker).SetAutoReconnect(true)
	opts.SetConnectionLostHandler(func(_ mqtt.Client, err error) {
		l.losses++ //~ BP21 high
		l.log.Warn().Err(err).Msg("connection lost")
	})
	opts.SetOnConnectHandler(func(mqtt.Client) {
		l.losses = 0
		l.log.Info().Msg("connected")
	})
	l.client = mqtt.NewClient(opts)
	return l
}
