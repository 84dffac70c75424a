// Package catalogue holds the Config rules that the monitor knows: which AWS managed rule each one is,
// how bad a violation is, what to do about it, and which remediation fixes it, if any.
package catalogue

// Severity says how bad it is when a resource violates a rule.
type Severity string

// Severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities lists all severities, worst first.
func Severities() []Severity {
	return []Severity{Critical, High, Medium, Low}
}

// Trigger says when AWS Config evaluates a rule.
type Trigger string

// Triggers of managed rules. Both accepts a frequency and a scope; the other two accept one of them each.
const (
	OnChange Trigger = "change"
	Periodic Trigger = "periodic"
	Both     Trigger = "both"
)

// Frameworks are the controls of public frameworks that a rule gives evidence for.
type Frameworks struct {
	CIS  []string `yaml:"cis,omitempty" json:"cis,omitempty"`   // CIS AWS Foundations Benchmark
	NIST []string `yaml:"nist,omitempty" json:"nist,omitempty"` // NIST SP 800-53 rev. 5
	PCI  []string `yaml:"pci,omitempty" json:"pci,omitempty"`   // PCI DSS
}

// Rule is one rule of the catalogue.
type Rule struct {
	Name          string            `yaml:"name"`                  // ours, short, unique, kebab-case
	Identifier    string            `yaml:"identifier"`            // AWS's identifier of the managed rule
	Trigger       Trigger           `yaml:"trigger"`               // must agree with AWS's list
	ResourceTypes []string          `yaml:"resourceTypes,flow"`    // what it evaluates; the scope of change-triggered rules
	Severity      Severity          `yaml:"severity"`              //
	Description   string            `yaml:"description"`           // one sentence: what is compliant; at most 256 characters (AWS's limit)
	Guidance      string            `yaml:"guidance"`              // what to do about a violation
	Frameworks    Frameworks        `yaml:"frameworks"`            //
	Parameters    map[string]string `yaml:"parameters,omitempty"`  // input parameters of the managed rule; settings override them
	Packs         []string          `yaml:"packs,flow"`            // packs that it belongs to
	Remediation   string            `yaml:"remediation,omitempty"` // name of the remediation that fixes it
}

// Pack is a named group of rules that settings select.
type Pack struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

// Remediation is what the catalogue knows of one automatic fix.
type Remediation struct {
	Name        string      `yaml:"name"`
	Description string      `yaml:"description"`
	Risk        Severity    `yaml:"risk"`                 // how bad it is when the fix is wrong
	Reversible  bool        `yaml:"reversible"`           // whether the before-state can be restored
	Disruptive  bool        `yaml:"disruptive,omitempty"` // stops what runs: enforced only where a switch of its own says so, too
	Statements  []Statement `yaml:"statements"`           // what the remediator's role needs for it
}

// Statement is one statement of an identity policy, in the remediator's role.
type Statement struct {
	Sid       string   `yaml:"sid"`
	Actions   []string `yaml:"actions"`
	Writes    bool     `yaml:"writes"`    // changes resources: given to rules in mode enforce alone
	Resources []string `yaml:"resources"` // ARN patterns; ${Partition}, ${Region} and ${Account} are filled in at deploy time. Or "*" alone
}

// Catalogue is the whole of it.
type Catalogue struct {
	Packs        []Pack        `yaml:"packs"`
	Remediations []Remediation `yaml:"remediations"`
	Rules        []Rule        `yaml:"rules"`
}

// Selection is what settings choose from a catalogue.
type Selection struct {
	Packs      []string                     // every rule of these packs
	Include    []string                     // and these rules
	Exclude    []string                     // but not these
	Parameters map[string]map[string]string // rule → parameter → value, over the catalogue's
}
