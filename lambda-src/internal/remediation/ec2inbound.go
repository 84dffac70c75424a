package remediation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// The whole internet.
const (
	worldIPv4 = "0.0.0.0/0"
	worldIPv6 = "::/0"
)

// Protocols of a security group's rules: the one that AWS Config's rules look at, and the one for all of them.
const (
	protocolTCP = "tcp"
	protocolAll = "-1"
)

// Ports that people administer a machine through. Others are for programs, which nobody sees when they can't get in.
const (
	portSSH = 22
	portRDP = 3389
)

// inbound is what a security group lets in from the whole internet by TCP. What it lets in from elsewhere is not in it.
type inbound struct {
	World []opening `json:"world"` // sorted
}

// opening is one rule of a security group: a range of ports, and one source. -1 stands for all ports.
type opening struct {
	Protocol    string `json:"protocol"`
	From        int32  `json:"fromPort"`
	To          int32  `json:"toPort"`
	CIDR        string `json:"cidr"`
	Description string `json:"description,omitempty"`
	Tagged      bool   `json:"tagged,omitempty"` // the rule has tags of its own
}

func (i inbound) properties() []property {
	texts := make([]string, len(i.World))
	for n, o := range i.World {
		texts[n] = o.String()
	}
	return []property{{"InboundFromAnywhere", strings.Join(texts, ", ")}}
}

// without are the openings that the other does not have.
func (i inbound) without(other inbound) []opening {
	return slices.DeleteFunc(slices.Clone(i.World), func(o opening) bool { return slices.Contains(other.World, o) })
}

// planAdminPorts decides which openings to close. A rule for a range of ports is closed by nobody but its owner: it lets
// in more than SSH and RDP, and somebody may live on that.
func planAdminPorts(current inbound, parameters Parameters) (inbound, error) {
	blocked, err := blockedPorts(parameters)
	if err != nil {
		return inbound{}, err
	}
	planned, left := inbound{World: []opening{}}, []string{}
	for _, o := range current.World {
		if !slices.ContainsFunc(blocked, o.covers) {
			planned.World = append(planned.World, o)
			continue
		}
		if why := o.obstacle(); why != "" {
			planned.World, left = append(planned.World, o), append(left, o.String()+" "+why)
		}
	}
	if len(planned.World) == len(current.World) && len(left) > 0 {
		return inbound{}, fmt.Errorf("nothing is closed automatically: %s; narrow it by hand to the ports and the sources that are needed",
			strings.Join(left, ", "))
	}
	return planned, nil
}

// blockedPorts are the ports that the rule forbids to open. restricted-ssh has no parameters; restricted-ports has five,
// for each of which AWS has a default.
func blockedPorts(parameters Parameters) ([]int32, error) {
	if _, ok := parameters["blockedPorts"]; ok {
		return nil, errors.New("the rule's parameter blockedPorts is not understood here: use blockedPort1 to blockedPort5")
	}
	ports, faults, given := []int32{}, []error{}, false
	for i, fallback := range []int{20, 21, portRDP, 3306, 4333} {
		name := fmt.Sprintf("blockedPort%d", i+1)
		port, err := parameters.number(name, fallback, 0, 65535)
		ports, faults = append(ports, int32(port)), append(faults, err) //nolint:gosec // a port fits
		_, ok := parameters[name]
		given = given || ok
	}
	if !given {
		return []int32{portSSH}, nil
	}
	return ports, errors.Join(faults...)
}

func (o opening) covers(port int32) bool {
	return o.Protocol == protocolAll || o.From <= port && port <= o.To
}

// obstacle is why the opening is not closed automatically, or "".
func (o opening) obstacle() string {
	switch {
	case o.Protocol == protocolAll || o.From != o.To:
		return "lets in to other ports, too"
	case o.From != portSSH && o.From != portRDP:
		return "is about neither SSH nor RDP"
	case o.Tagged:
		return "has tags of its own, which nothing could bring back"
	default:
		return ""
	}
}

// String is how the opening is called in a sentence, such as: tcp 22 from 0.0.0.0/0 "office".
func (o opening) String() string {
	ports := fmt.Sprintf("%s %d-%d", o.Protocol, o.From, o.To)
	switch {
	case o.Protocol == protocolAll:
		ports = "everything"
	case o.From == o.To:
		ports = fmt.Sprintf("%s %d", o.Protocol, o.From)
	}
	if o.Description != "" {
		return fmt.Sprintf("%s from %s %q", ports, o.CIDR, o.Description)
	}
	return ports + " from " + o.CIDR
}

func (o opening) compare(other opening) int {
	return cmp.Or(cmp.Compare(o.From, other.From), cmp.Compare(o.To, other.To), cmp.Compare(o.Protocol, other.Protocol),
		cmp.Compare(o.CIDR, other.CIDR))
}

// permission is the opening as EC2 takes it.
func (o opening) permission(described bool) types.IpPermission {
	permission := types.IpPermission{IpProtocol: aws.String(o.Protocol), FromPort: aws.Int32(o.From), ToPort: aws.Int32(o.To)}
	var description *string
	if described && o.Description != "" {
		description = aws.String(o.Description)
	}
	if o.CIDR == worldIPv6 {
		permission.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String(o.CIDR), Description: description}}
	} else {
		permission.IpRanges = []types.IpRange{{CidrIp: aws.String(o.CIDR), Description: description}}
	}
	return permission
}

// whole says whether an answer's rule has all that a rule has, and is the group's.
func whole(rule types.SecurityGroupRule, target resource.Resource) bool {
	sourced := rule.CidrIpv4 != nil || rule.CidrIpv6 != nil || rule.ReferencedGroupInfo != nil || rule.PrefixListId != nil
	return aws.ToString(rule.GroupId) == target.ID && rule.IsEgress != nil && aws.ToString(rule.IpProtocol) != "" &&
		rule.FromPort != nil && rule.ToPort != nil && sourced
}

// newOpening is the rule as an opening, if it lets the whole internet in by TCP.
func newOpening(rule types.SecurityGroupRule) (opening, bool) {
	o := opening{
		Protocol: *rule.IpProtocol, From: *rule.FromPort, To: *rule.ToPort, CIDR: aws.ToString(rule.CidrIpv4) + aws.ToString(rule.CidrIpv6),
		Description: aws.ToString(rule.Description), Tagged: len(rule.Tags) > 0,
	}
	world := o.CIDR == worldIPv4 || o.CIDR == worldIPv6
	return o, !*rule.IsEgress && world && (o.Protocol == protocolTCP || o.Protocol == protocolAll)
}
