package functions

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Settings are the layer's, from Pulumi.<stack>.yaml. Maps are keyed by a function's or a rule's short name. Relative paths
// start at the folder of the process.
type Settings struct {
	Catalogue           *catalogue.Catalogue // the rules and remediations that there are
	Architecture        string               // of the functions' processors
	CodePath            string               // folder above those of the functions' packages, one an architecture
	ExemptionsFile      string               // YAML file of exemptions
	LogRetentionDays    int                  // days that the functions' logs are kept
	Memory              map[string]int       // MB of each function
	Timeout             map[string]int       // seconds of each function
	ReservedConcurrency map[string]int       // of the functions that have one; the others share the account's
	AccountAlias        string               // what people call the account, in mails; "" if nothing
	FloodLimit          int                  // mails of the processor a minute, beyond which there is one summary; 0 is no limit
	RemediationMode     string               // of the rules for which Remediations has none
	BreakerLimit        int                  // most changes an hour for each of the rules for which Remediations has none
	Remediations        map[string]Remediation
}

// Architecture is the setting of the functions' architecture, which is one of the others.
const (
	Architecture      = "architecture"
	ArchitectureARM64 = "arm64"
	ArchitectureX8664 = "x86_64"
)

// Settings that are paths, and what they are unless they are set. Relative ones start at the folder of the process, which
// is the layer's own under 'pulumi up'.
const (
	CodePath              = "codePath"
	DefaultCodePath       = "../../build/lambdas"
	ExemptionsFile        = "exemptionsFile"
	DefaultExemptionsFile = "exemptions.yaml"
)

const (
	leastMemory      = 128   // MB, Lambda's
	mostMemory       = 10240 // MB, Lambda's; a new account has 3008 until it asks AWS for more
	leastTimeout     = 5     // seconds
	mostTimeout      = 900   // seconds, Lambda's
	leastConcurrency = 1     // 0 would switch the function off
	mostConcurrency  = 900   // an account has 1,000 unless it asks for more, and must leave 100 unreserved
)

// Defaults of each function. The processor may wait for the end of a minute, to sum up a flood of events. The aggregator
// pages through all results, at the pace that AWS Config allows.
var (
	defaultMemory  = map[string]int{names.Processor: 256, names.Aggregator: 512, names.Remediator: 256}
	defaultTimeout = map[string]int{names.Processor: 120, names.Aggregator: 900, names.Remediator: 300}
)

// accountAlias accepts no alias, and what IAM accepts as one.
var accountAlias = settings.Matching("|[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]",
	"the account's alias: 3 to 63 lower-case letters, digits and hyphens")

// logRetentions are the numbers of days that CloudWatch Logs accepts, from the 7 that the specification demands.
var logRetentions = []string{
	"7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192", "2557", "2922",
	"3288", "3653",
}

// ParseSettings reads the layer's settings; the error holds every fault.
func ParseSettings(values map[string]string) (Settings, error) {
	s, reader := read(values, catalogue.Load)
	return s, reader.Err()
}

// Keys lists the settings' names.
func Keys() []string {
	_, reader := read(nil, catalogue.Load)
	return reader.Keys()
}

func read(values map[string]string, load func() (*catalogue.Catalogue, error)) (Settings, *settings.Reader) {
	r := settings.NewReader(outputs.Project(outputs.LayerFunctions), values)
	known, err := load()
	if err != nil {
		r.Join(err)
		known = &catalogue.Catalogue{}
	}
	path := settings.Matching(".+", "a path")
	s := Settings{
		Catalogue: known,
		Architecture: r.String(Architecture, ArchitectureARM64,
			settings.OneOf(ArchitectureARM64, ArchitectureX8664)),
		CodePath:            r.String(CodePath, DefaultCodePath, path),
		ExemptionsFile:      r.String(ExemptionsFile, DefaultExemptionsFile, path),
		LogRetentionDays:    logRetention(r),
		Memory:              perFunction(r, "memory", defaultMemory, leastMemory, mostMemory),
		Timeout:             perFunction(r, "timeout", defaultTimeout, leastTimeout, mostTimeout),
		ReservedConcurrency: perFunction(r, "reservedConcurrency", nil, leastConcurrency, mostConcurrency),
		AccountAlias:        r.String("accountAlias", "", accountAlias),
		FloodLimit:          r.Int("floodLimit", names.DefaultFloodLimit, 0, names.MostFloodLimit),
		RemediationMode:     r.String("remediationMode", names.ModePlan, mode),
		BreakerLimit:        r.Int("breakerLimit", names.DefaultBreakerLimit, names.LeastBreakerLimit, names.MostBreakerLimit),
		Remediations:        remediations(r, known),
	}
	return s, r
}

func logRetention(r *settings.Reader) int {
	value := r.String("logRetentionDays", logRetentions[0], settings.OneOf(logRetentions...))
	days, _ := strconv.Atoi(value) // where it is no number, the fault is recorded already
	return days
}

// perFunction reads a whole number from least to most for each function that the setting names, over the defaults.
func perFunction(r *settings.Reader, key string, defaults map[string]int, least, most int) map[string]int {
	given := settings.Object(r, key, "a map of functions to whole numbers", map[string]settings.Scalar{})
	numbers := map[string]int{}
	maps.Copy(numbers, defaults)
	isFunction := settings.OneOf(names.Functions()...)
	for _, function := range slices.Sorted(maps.Keys(given)) {
		value := string(given[function])
		number, err := strconv.Atoi(value)
		if expected := isFunction(function); expected != "" {
			r.Fault(key+"."+function, value, "a function: "+expected)
		}
		if err != nil || number < least || number > most {
			r.Fault(key+"."+function, value, fmt.Sprintf("a whole number from %d to %d", least, most))
		}
		numbers[function] = number
	}
	return numbers
}
