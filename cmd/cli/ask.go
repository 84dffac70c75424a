package cli

import (
	"context"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// question asks AWS something before anything is changed.
type question func(context.Context, *session) error

// askNothing is for commands that only read Pulumi's state.
func askNothing(context.Context, *session) error { return nil }

// askAccount makes sure that the credentials work and belong to the account that the stack expects.
func askAccount(ctx context.Context, s *session) error {
	clients, err := preflight.NewClients(ctx, s.endpoint)
	if err != nil {
		return err
	}
	account, err := s.target.AccountID()
	if err != nil {
		return err
	}
	_, err = preflight.CheckAccount(ctx, clients.Identity, preflight.Expectations{
		Stack: s.target.Stack, AccountID: account,
	})
	return unchanged(err)
}

// askReadiness makes sure that the layers can be deployed.
func askReadiness(ctx context.Context, s *session) error {
	clients, err := preflight.NewClients(ctx, s.endpoint)
	if err != nil {
		return err
	}
	demands, err := stacks.Demand(func(name string) (map[string]string, error) {
		layer, _ := stacks.Find(name)
		return s.target.Settings(layer)
	})
	if err != nil {
		return &deploy.SettingsError{Stack: s.target.Stack, Faults: err}
	}
	return unchanged(preflight.Check(ctx, clients.Identity, clients.Config, preflight.Expectations{
		Stack: s.target.Stack, AccountID: demands.AccountID,
		Prefix: names.RulePrefix(demands.Prefix), Rules: demands.Rules,
	}))
}

func unchanged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("nothing was changed: %w", err)
}
