package lambdasvc

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// functionARN asks moto for the ARN of a function, with the qualifier that a request gives.
func (h *Handler) functionARN(r *http.Request, about reference) (string, error) {
	path := "/2015-03-31/functions/" + url.PathEscape(about.name) + "/configuration"
	if about.qualifier != "" {
		path += "?Qualifier=" + url.QueryEscape(about.qualifier)
	}
	caller := relay.Caller{Service: "lambda", Region: awsreq.From(r).Region, Authorization: r.Header.Get("Authorization")}
	answer, err := relay.Ask(r.Context(), h.Moto, caller, http.MethodGet, path, "", nil)
	if err != nil {
		return "", err
	}
	var found struct {
		FunctionArn string
		Message     string
	}
	if err := json.Unmarshal(answer.Body, &found); err != nil || !answer.OK() {
		return "", notFound("Function not found: " + about.name)
	}
	arn, _, _ := strings.Cut(found.FunctionArn, ":function:")
	arn += ":function:" + about.name
	if about.qualifier != "" {
		arn += ":" + about.qualifier
	}
	return arn, nil
}

func (h *Handler) addPermission(w http.ResponseWriter, r *http.Request, about route) error {
	in, err := input[permission](r)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	arn, err := h.functionARN(r, about.function)
	if err != nil {
		return err
	}
	added := in.statement(arn)
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		err = kept.policy(about.function.qualifier).add(added, in.RevisionID)
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(added)
	if err != nil {
		return fmt.Errorf("encoding a permission: %w", err)
	}
	return output(w, http.StatusCreated, map[string]string{"Statement": string(text)})
}

func (h *Handler) removePermission(w http.ResponseWriter, r *http.Request, about route) error {
	if _, err := h.functionARN(r, about.function); err != nil {
		return err
	}
	var err error
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		err = kept.policy(about.function.qualifier).remove(about.statement, r.URL.Query().Get("RevisionId"))
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *Handler) getPolicy(w http.ResponseWriter, r *http.Request, about route) error {
	if _, err := h.functionARN(r, about.function); err != nil {
		return err
	}
	var held permissions
	h.functions.with(keyOf(r, about.function.name), func(kept *function) {
		policy := kept.policy(about.function.qualifier)
		held = permissions{revision: policy.revision, statements: slices.Clone(policy.statements)}
	})
	if len(held.statements) == 0 {
		return notFound("The resource you requested does not exist.")
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Id": "default", "Statement": held.statements})
	if err != nil {
		return fmt.Errorf("encoding a function's policy: %w", err)
	}
	return output(w, http.StatusOK, map[string]string{"Policy": string(text), "RevisionId": held.revision})
}
