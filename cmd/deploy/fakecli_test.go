package deploy

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// fakeCLI stands for the Pulumi CLI: it has stacks, by project, and answers to the commands that a runner gives.
type fakeCLI struct {
	projects map[string]apitype.DeploymentV3 // by the layer that is the last part of the working folder
	streams  []events.EngineEvent            // what up, preview, refresh and destroy report; nothing is opened where nil
	failing  string                          // the command that fails
	stderr   string                          // what it says then
	mutex    sync.Mutex                      // of commands: a state is read beside the next command
	commands []string                        // what was asked for, "layer: command"
	targets  []string                        // of the last refresh
	during   func()                          // happens in the middle of up and the like
}

func (f *fakeCLI) Version() semver.Version { return semver.MustParse("3.250.0") }

func (f *fakeCLI) Run(
	_ context.Context, dir string, _ io.Reader, _, _ []io.Writer, _ []string, args ...string,
) (string, string, int, error) {
	layer := dir[strings.LastIndex(dir, "/")+1:]
	words := slices.Clone(args)
	words = slices.DeleteFunc(words, func(arg string) bool { return strings.HasPrefix(arg, "-") })
	command := words[0]
	if command == "stack" {
		command += " " + words[1]
	}
	f.mutex.Lock()
	f.commands = append(f.commands, layer+": "+command)
	f.mutex.Unlock()
	if command == f.failing {
		f.stream(args)
		return "", f.stderr, 255, errors.New("exit status 255")
	}
	return f.answer(layer, command, args)
}

func (f *fakeCLI) answer(layer, command string, args []string) (string, string, int, error) {
	deployment, found := f.projects[layer]
	switch command {
	case "stack select":
		if !found {
			return "", "error: no stack named 'prod' found", 255, errors.New("exit status 255")
		}
	case "stack init":
		f.projects[layer] = apitype.DeploymentV3{}
	case "stack rm":
		delete(f.projects, layer)
	case "stack export":
		inner, err := json.Marshal(deployment)
		Expect(err).NotTo(HaveOccurred())
		text, err := json.Marshal(apitype.UntypedDeployment{Version: 3, Deployment: inner})
		return string(text), "", 0, err
	case "stack import":
		f.projects[layer] = imported(args)
	case "refresh":
		f.targets = nil
		for _, arg := range args {
			if target, is := strings.CutPrefix(arg, "--target="); is {
				f.targets = append(f.targets, target)
			}
		}
		f.stream(args)
	case "up", "preview", "destroy":
		if f.during != nil {
			f.during()
		}
		f.stream(args)
	default:
		return "{}", "", 0, nil
	}
	return "", "", 0, nil
}

// stream reports events as the engine does.
func (f *fakeCLI) stream(args []string) {
	at := slices.Index(args, "--event-log")
	if f.streams == nil || at < 0 {
		return
	}
	connection, err := grpc.NewClient(strings.TrimPrefix(args[at+1], "tcp://"),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	Expect(err).NotTo(HaveOccurred())
	defer connection.Close()
	stream, err := pulumirpc.NewEventsClient(connection).StreamEvents(context.Background())
	Expect(err).NotTo(HaveOccurred())
	summary := events.EngineEvent{EngineEvent: apitype.EngineEvent{SummaryEvent: &apitype.SummaryEvent{}}}
	for _, event := range append(f.streams, summary) {
		text, err := json.Marshal(event.EngineEvent)
		Expect(err).NotTo(HaveOccurred())
		Expect(stream.Send(&pulumirpc.EventRequest{Event: string(text)})).To(Succeed())
	}
	_, err = stream.CloseAndRecv()
	Expect(err).NotTo(HaveOccurred())
}

// imported is the deployment in the file of a stack import.
func imported(args []string) apitype.DeploymentV3 {
	GinkgoHelper()
	text, err := os.ReadFile(args[slices.Index(args, "--file")+1])
	Expect(err).NotTo(HaveOccurred())
	var outer apitype.UntypedDeployment
	Expect(json.Unmarshal(text, &outer)).To(Succeed())
	var deployment apitype.DeploymentV3
	Expect(json.Unmarshal(outer.Deployment, &deployment)).To(Succeed())
	return deployment
}
