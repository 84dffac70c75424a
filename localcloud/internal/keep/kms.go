package keep

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Rotation periods of KMS, in days.
const (
	defaultPeriod = 365
	minPeriod     = 90
	maxPeriod     = 2560
)

// Notes about a key.
const (
	rotationPeriod = "RotationPeriodInDays"
	rotationSince  = "RotationSince" // when rotation was switched on, in seconds since 1970
)

// keys keeps how often KMS keys rotate.
type keys struct {
	moto  http.Handler
	notes *notes
	now   func() time.Time
}

// KMS mends keys.
func KMS(moto http.Handler) *Service {
	k := &keys{moto: moto, notes: newNotes(), now: time.Now}
	mended := jsonService(moto)
	mended.operations = map[string]operation{
		"EnableKeyRotation":    k.enable,
		"GetKeyRotationStatus": k.status,
	}
	return mended
}

// keyInput is what the operations on keys are given.
type keyInput struct {
	KeyID                string `json:"KeyId"`
	RotationPeriodInDays *int
}

// id is a key's id, which may have been given as its ARN.
func (in keyInput) id() string { return in.KeyID[strings.LastIndexByte(in.KeyID, '/')+1:] }

func (k *keys) enable(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[keyInput](r)
	if err != nil {
		return nil, err
	}
	period := defaultPeriod
	if in.RotationPeriodInDays != nil {
		period = *in.RotationPeriodInDays
	}
	if period < minPeriod || period > maxPeriod {
		return nil, awserr.Validation(period, "rotationPeriodInDays", "Member must have value between 90 and 2560, inclusive")
	}
	answer := relay.Capture(k.moto, r)
	if answer.OK() {
		of := keyOf(r, in.id())
		k.notes.set(of, rotationPeriod, strconv.Itoa(period))
		k.notes.set(of, rotationSince, strconv.FormatInt(k.now().Unix(), 10))
	}
	return answer, nil
}

func (k *keys) status(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[keyInput](r)
	if err != nil {
		return nil, err
	}
	return mendJSON(relay.Capture(k.moto, r), func(document map[string]any) {
		document["KeyId"] = in.id()
		if document["KeyRotationEnabled"] != true {
			return
		}
		of := keyOf(r, in.id())
		period, err := strconv.Atoi(k.notes.get(of, rotationPeriod))
		if err != nil {
			period = defaultPeriod
		}
		document[rotationPeriod] = period
		if since, err := strconv.ParseInt(k.notes.get(of, rotationSince), 10, 64); err == nil {
			document["NextRotationDate"] = time.Unix(since, 0).AddDate(0, 0, period).Unix()
		}
	})
}
