package policy

// Document is a policy that has been read and found well formed.
type Document struct {
	Version    string
	ID         string
	Statements []Statement
}

// Statement is one statement of a policy. Of each pair (Principals and NotPrincipals, Actions and NotActions,
// Resources and NotResources) one at most is set.
type Statement struct {
	Sid           string
	Effect        Effect
	Principals    *Principals
	NotPrincipals *Principals
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	Conditions    []Condition
}

// Effect is what a statement, or a policy, says about a request.
type Effect string

// Effects. Silent is what a policy says of whose statements none applies.
const (
	Silent Effect = ""
	Allow  Effect = "Allow"
	Deny   Effect = "Deny"
)

// Principals is whom a statement is about.
type Principals struct {
	Everyone  bool     // "*", or {"AWS": "*"}
	AWS       []string // account ids and ARNs
	Service   []string // names like config.amazonaws.com
	Federated []string
	Canonical []string // canonical user ids, which S3 knows
}

// Condition is one key under one operator, with the values of which one must fit.
type Condition struct {
	Operator Operator
	Key      string // as written; keys don't mind the case
	Values   []string
}

// Request is what is to be decided.
type Request struct {
	Action    string // like s3:PutObject
	Resource  string // ARN
	Principal Principal
	Keys      Keys
}

// Principal is who sends a request. The zero value is anonymous.
type Principal struct {
	Account string // 12 digits
	ARN     string
	Service string // where an AWS service sends it
}

// Anonymous says whether nobody signed the request.
func (p Principal) Anonymous() bool { return p.ARN == "" && p.Service == "" }
