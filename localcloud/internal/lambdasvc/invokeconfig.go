package lambdasvc

import (
	"net/http"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// eventInvokeConfig is how asynchronous invocations of a function, a version or an alias are treated.
type eventInvokeConfig struct {
	DestinationConfig        *destinations `json:",omitempty"`
	FunctionArn              string
	LastModified             float64 // seconds since 1970
	MaximumEventAgeInSeconds *int    `json:",omitempty"`
	MaximumRetryAttempts     *int    `json:",omitempty"`
}

type destinations struct {
	OnFailure *destination `json:",omitempty"`
	OnSuccess *destination `json:",omitempty"`
}

type destination struct {
	Destination string `json:",omitempty"`
}

// Limits of asynchronous invocation.
const (
	maxRetries  = 2
	minEventAge = 60
	maxEventAge = 21600
)

// check refuses what breaks the service model.
func (c eventInvokeConfig) check() error {
	if retries := c.MaximumRetryAttempts; retries != nil && (*retries < 0 || *retries > maxRetries) {
		return awserr.Validation(*retries, "maximumRetryAttempts", "Member must have value less than or equal to 2")
	}
	if age := c.MaximumEventAgeInSeconds; age != nil && (*age < minEventAge || *age > maxEventAge) {
		return awserr.Validation(*age, "maximumEventAgeInSeconds", "Member must have value between 60 and 21600, inclusive")
	}
	if c.DestinationConfig == nil {
		return nil
	}
	for _, target := range []*destination{c.DestinationConfig.OnFailure, c.DestinationConfig.OnSuccess} {
		if target != nil && target.Destination != "" && !strings.HasPrefix(target.Destination, "arn:") {
			return awserr.New("InvalidParameterValueException", "The destination ARN %s is invalid.", target.Destination)
		}
	}
	return nil
}

// over is what becomes of settings when others are laid over them: what is not given stays.
func (c eventInvokeConfig) over(before eventInvokeConfig) eventInvokeConfig {
	if c.DestinationConfig == nil {
		c.DestinationConfig = before.DestinationConfig
	}
	if c.MaximumEventAgeInSeconds == nil {
		c.MaximumEventAgeInSeconds = before.MaximumEventAgeInSeconds
	}
	if c.MaximumRetryAttempts == nil {
		c.MaximumRetryAttempts = before.MaximumRetryAttempts
	}
	return c
}

func (h *Handler) putInvokeConfig(w http.ResponseWriter, r *http.Request, about route) error {
	return h.setInvokeConfig(w, r, about, false)
}

func (h *Handler) updateInvokeConfig(w http.ResponseWriter, r *http.Request, about route) error {
	return h.setInvokeConfig(w, r, about, true)
}

// setInvokeConfig replaces the settings, or lays new ones over those that are there.
func (h *Handler) setInvokeConfig(w http.ResponseWriter, r *http.Request, about route, update bool) error {
	config, err := input[eventInvokeConfig](r)
	if err != nil {
		return err
	}
	if err := config.check(); err != nil {
		return err
	}
	arn, err := h.functionARN(r, about.function)
	if err != nil {
		return err
	}
	qualifier, arn := qualified(about.function, arn)
	config.FunctionArn = arn
	config.LastModified = float64(h.Clock.Now().UnixMilli()) / 1000
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		before, found := kept.invokeConfigs[qualifier]
		if update && !found {
			err = noInvokeConfig(arn)
			return
		}
		if update {
			config = config.over(before)
		}
		kept.invokeConfigs[qualifier] = config
	})
	if err != nil {
		return err
	}
	return output(w, http.StatusOK, config)
}

func (h *Handler) getInvokeConfig(w http.ResponseWriter, r *http.Request, about route) error {
	arn, err := h.functionARN(r, about.function)
	if err != nil {
		return err
	}
	qualifier, arn := qualified(about.function, arn)
	var config eventInvokeConfig
	var found bool
	h.functions.with(keyOf(r, about.function.name), func(kept *function) { config, found = kept.invokeConfigs[qualifier] })
	if !found {
		return noInvokeConfig(arn)
	}
	return output(w, http.StatusOK, config)
}

func (h *Handler) deleteInvokeConfig(w http.ResponseWriter, r *http.Request, about route) error {
	arn, err := h.functionARN(r, about.function)
	if err != nil {
		return err
	}
	qualifier, arn := qualified(about.function, arn)
	var found bool
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		_, found = kept.invokeConfigs[qualifier]
		delete(kept.invokeConfigs, qualifier)
	})
	if !found {
		return noInvokeConfig(arn)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Handler) listInvokeConfigs(w http.ResponseWriter, r *http.Request, about route) error {
	if _, err := h.functionARN(r, about.function); err != nil {
		return err
	}
	configs := []eventInvokeConfig{}
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		for _, config := range kept.invokeConfigs {
			configs = append(configs, config)
		}
	})
	slices.SortFunc(configs, func(a, b eventInvokeConfig) int { return strings.Compare(a.FunctionArn, b.FunctionArn) })
	return output(w, http.StatusOK, map[string]any{"FunctionEventInvokeConfigs": configs})
}

// qualified gives a function without a qualifier that of its unpublished version, under which AWS keeps its settings.
func qualified(about reference, arn string) (string, string) {
	if about.qualifier == "" {
		return latest, arn + ":" + latest
	}
	return about.qualifier, arn
}

func noInvokeConfig(arn string) error {
	return notFound("The function " + arn + " doesn't have an EventInvokeConfig")
}
