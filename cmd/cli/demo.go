package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/demo"
	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// demoFlags are the flags of the command.
type demoFlags struct {
	keep   bool
	noOpen bool
}

// What the demo leaves in the checkout: its folder, and the report in it.
const (
	demoFolder = "outputs/demo"
	demoPage   = "report.html"
)

// functionsLayer is the layer whose settings the demo changes for its time.
const functionsLayer = "functions"

func newDemo(o *options) *cobra.Command {
	var flags demoFlags
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole loop on a local AWS: break, find, tell, fix, undo, report",
		Long: "Starts the local AWS and deploys what is missing, makes resources, breaks them, and shows what happens: what AWS\n" +
			"Config finds, which mails come, what the remediator fixes, plans and leaves alone, an undo, and the report.\n" +
			"Ends with an error when something that is expected does not happen.\n\n" +
			"It is for stack local only. Meanwhile the functions have settings of the demo's own, with some rules in mode\n" +
			"enforce. In the end it removes what it made, and gives the functions the stack's settings back. Safe to repeat.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.demo(cmd, flags) },
	}
	command.Flags().BoolVar(&flags.keep, "keep", false, "leave everything as it is in the end, and say how to look around")
	command.Flags().BoolVar(&flags.noOpen, "no-open", false, "do not open the report on the desktop")
	return command
}

func (o *options) demo(cmd *cobra.Command, flags demoFlags) (err error) {
	if o.stack != deploy.LocalStack {
		return fmt.Errorf("the demo breaks resources, so it plays on stack %s only, not on %s", deploy.LocalStack, o.stack)
	}
	folder := filepath.Join(o.root, demoFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of the demo: %w", err)
	}
	exemptions := filepath.Join(folder, "exemptions.yaml")
	if err := os.WriteFile(exemptions, []byte(demo.Exemptions(time.Now())), 0o644); err != nil {
		return fmt.Errorf("writing the demo's exemptions: %w", err)
	}
	out := cmd.OutOrStdout()
	s, err := o.open(cmd, stacks.Layers(), askReadiness)
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(folder, "deploy.log"))
	if err != nil {
		return fmt.Errorf("making the log of deployments: %w", err)
	}
	defer log.Close() //nolint:errcheck // what is missing in it is no fault of the demo
	if err := s.stage(cmd.Context(), exemptions, log, out); err != nil {
		return err
	}
	if !flags.keep {
		defer func() { err = errors.Join(err, s.restore(cmd.Context(), o.target().Overrides, log, out)) }()
	}
	told, err := o.telling(cmd, s, flags)
	if err != nil {
		return err
	}
	return told.Run(cmd.Context())
}

// stage deploys the layers that are not there, and the functions with the demo's settings.
func (s *session) stage(ctx context.Context, exemptions string, log, out io.Writer) error {
	started := time.Now()
	deployed, err := s.runner.Outputs(ctx, stacks.Layers())
	if err != nil {
		return err
	}
	there := func(layer stacks.Layer) bool {
		return layer.Name != functionsLayer && slices.ContainsFunc(deployed.Stacks, func(stack deploy.StackOutputs) bool {
			return stack.Layer == layer.Name
		})
	}
	layers := slices.DeleteFunc(stacks.Layers(), there)
	s.target.Overrides = withSettings(s.target.Overrides, functionsLayer, demo.Settings(exemptions))
	_, _ = fmt.Fprintf(out, "Deploying %s to the local AWS\n", layerNames(layers))
	if err := s.deployQuietly(ctx, layers, log, out); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Ready in %.1f s.\n", time.Since(started).Seconds())
	return nil
}

// deployQuietly deploys layers with the session's settings. What is done to each resource goes to the log.
func (s *session) deployQuietly(ctx context.Context, layers []stacks.Layer, log, out io.Writer) error {
	var err error
	if s.runner, err = deploy.NewRunner(ctx, s.target, log); err != nil {
		return err
	}
	return s.deploy(ctx, layers, func(result deploy.Result) {
		_, _ = fmt.Fprintf(out, "  %-14s %3d created, %3d changed, %3d unchanged %8.1f s\n", result.Layer, result.Changes["create"],
			result.Changed()-result.Changes["create"], result.Changes["same"], result.Took.Seconds())
	})
}

// withSettings are overrides with more settings of one layer.
func withSettings(overrides map[string]map[string]string, layer string, more map[string]string) map[string]map[string]string {
	all := maps.Clone(overrides)
	if all == nil {
		all = map[string]map[string]string{}
	}
	settings := maps.Clone(all[layer])
	if settings == nil {
		settings = map[string]string{}
	}
	maps.Copy(settings, more)
	all[layer] = settings
	return all
}

// restore gives the functions the stack's settings back.
func (s *session) restore(ctx context.Context, overrides map[string]map[string]string, log, out io.Writer) error {
	const how = "the functions still have the demo's settings; 'go tool task deploy-functions' gives them the stack's back"
	if ctx.Err() != nil {
		return errors.New(how)
	}
	_, _ = fmt.Fprintln(out, "\nGiving the functions the stack's own settings back")
	layer, _ := stacks.Find(functionsLayer)
	s.target.Overrides = overrides
	if err := s.deployQuietly(ctx, []stacks.Layer{layer}, log, out); err != nil {
		return fmt.Errorf("%s: %w", how, err)
	}
	return nil
}

// telling is the demo of what is deployed.
func (o *options) telling(cmd *cobra.Command, s *session, flags demoFlags) (*demo.Demo, error) {
	ctx := cmd.Context()
	outputs, _, err := s.outputs(ctx)
	if err != nil {
		return nil, err
	}
	operator, err := o.operatorOf(outputs)
	if err != nil {
		return nil, err
	}
	clients, err := preflight.NewClients(ctx, s.endpoint)
	if err != nil {
		return nil, err
	}
	caller, err := clients.Identity.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, fmt.Errorf("asking whose credentials these are: %w", err)
	}
	operator.S3, operator.Lambda, operator.By = clients.S3, clients.Lambda, aws.ToString(caller.Arn)
	prefix := outputs.Value("Prefix")
	terminal := isTerminal(cmd.OutOrStdout())
	told := &demo.Demo{
		Deployed: demo.Deployed{
			Endpoint: s.endpoint, Prefix: prefix, Bucket: operator.Bucket, Dashboard: names.Resource(prefix, "compliance"), Operator: operator,
		},
		Narrator: demo.NewNarrator(cmd.OutOrStdout(), terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", time.Now),
		Page:     filepath.Join(o.root, demoFolder, demoPage), Shown: filepath.Join(demoFolder, demoPage), Keep: flags.keep,
		Open: func(string) bool { return false },
	}
	if terminal && !flags.noOpen {
		told.Open = demo.OpenWith(os.Getenv)
	}
	return told, nil
}

// isTerminal says whether somebody looks at what is written.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
