package localcloud

import "time"

// Name is what an instance calls itself in its health answer.
const Name = "localcloud"

// Statuses of an instance.
const (
	StatusStarting = "starting" // moto does not answer yet
	StatusReady    = "ready"
	StatusStopping = "stopping"
)

// Health is what GET /_localcloud/health answers, with status 200 when ready and 503 otherwise.
type Health struct {
	Name       string     `json:"name"`
	Status     string     `json:"status"`
	Instance   string     `json:"instance"` // random id of this run; another id means that all state is gone
	PID        int        `json:"pid"`
	MotoPID    int        `json:"motoPid,omitempty"`
	Version    string     `json:"version"`
	Moto       string     `json:"moto,omitempty"` // version of moto
	Address    string     `json:"address"`
	StateDir   string     `json:"stateDir"`
	Started    time.Time  `json:"started"`
	StartTimes StartTimes `json:"startTimes"`
}

// StartTimes is how long starting took, in milliseconds.
type StartTimes struct {
	Moto  int64 `json:"motoMs"`  // until moto accepted connections
	Total int64 `json:"totalMs"` // until the instance was ready
}
