package evaluate

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// permission is an inbound or outbound rule of a security group.
type permission struct {
	Protocol string   `xml:"ipProtocol"`
	From     int      `xml:"fromPort"`
	To       int      `xml:"toPort"`
	Ranges   []string `xml:"ipRanges>item>cidrIp"`
	Ranges6  []string `xml:"ipv6Ranges>item>cidrIpv6"`
}

// opens says whether the whole internet may reach a TCP port by the permission.
func (p permission) opens(port int) bool {
	if !slices.Contains(p.Ranges, "0.0.0.0/0") && !slices.Contains(p.Ranges6, "::/0") {
		return false
	}
	return p.Protocol == "-1" || ((p.Protocol == "tcp" || p.Protocol == "6") && p.From <= port && port <= p.To)
}

type securityGroup struct {
	ID      string       `xml:"groupId"`
	Name    string       `xml:"groupName"`
	Ingress []permission `xml:"ipPermissions>item"`
	Egress  []permission `xml:"ipPermissionsEgress>item"`
}

var securityGroups = ec2Kind("AWS::EC2::SecurityGroup", "DescribeSecurityGroups",
	func(g securityGroup) string { return g.ID },
	func(a *ec2Answer) []securityGroup { return a.Groups })

type networkACL struct {
	ID      string  `xml:"networkAclId"`
	Entries []entry `xml:"entrySet>item"`
}

// entry is a rule of a network ACL.
type entry struct {
	Number   int    `xml:"ruleNumber"`
	Protocol string `xml:"protocol"` // a number, or -1 for all
	Action   string `xml:"ruleAction"`
	Egress   bool   `xml:"egress"`
	Range    string `xml:"cidrBlock"`
	Range6   string `xml:"ipv6CidrBlock"`
	From     *int   `xml:"portRange>from"`
	To       *int   `xml:"portRange>to"`
}

var networkACLs = ec2Kind("AWS::EC2::NetworkAcl", "DescribeNetworkAcls",
	func(n networkACL) string { return n.ID },
	func(a *ec2Answer) []networkACL { return a.ACLs })

type subnet struct {
	ID       string `xml:"subnetId"`
	PublicIP bool   `xml:"mapPublicIpOnLaunch"`
}

var subnets = ec2Kind("AWS::EC2::Subnet", "DescribeSubnets",
	func(s subnet) string { return s.ID },
	func(a *ec2Answer) []subnet { return a.Subnets })

type vpc struct {
	ID   string `xml:"vpcId"`
	Tags []tag  `xml:"tagSet>item"`
}

var vpcs = ec2Kind("AWS::EC2::VPC", "DescribeVpcs",
	func(v vpc) string { return v.ID },
	func(a *ec2Answer) []vpc { return a.VPCs })

// ec2Answer is the answer to any of the operations that list what is of the network.
type ec2Answer struct {
	Groups  []securityGroup `xml:"securityGroupInfo>item"`
	ACLs    []networkACL    `xml:"networkAclSet>item"`
	Subnets []subnet        `xml:"subnetSet>item"`
	VPCs    []vpc           `xml:"vpcSet>item"`
}

// ec2Kind is a type of resource that one operation lists.
func ec2Kind[T any](name, operation string, id func(T) string, of func(*ec2Answer) []T) kind[T] {
	return kind[T]{name: name, id: id, list: func(ctx context.Context, account *Account, _ string) ([]T, error) {
		return once(account, operation, func() ([]T, error) {
			var out ec2Answer
			err := account.query(ctx, "ec2", ec2Version, operation, &out)
			return of(&out), err
		})
	}}
}

const (
	portSSH = 22
	portRDP = 3389
)

var networkRules = map[string][]check{
	"INCOMING_SSH_DISABLED": {each(securityGroups, func(group securityGroup, _ *parameters) Outcome {
		return portsClosed(group, []int{portSSH})
	})},
	"RESTRICTED_INCOMING_TRAFFIC": {each(securityGroups, func(group securityGroup, given *parameters) Outcome {
		return portsClosed(group, blockedPorts(given))
	})},
	"VPC_DEFAULT_SECURITY_GROUP_CLOSED": {each(securityGroups, func(group securityGroup, _ *parameters) Outcome {
		if group.Name != "default" {
			return notFor("The group is not the default one of its VPC.")
		}
		return require(len(group.Ingress)+len(group.Egress) == 0, "The default security group allows traffic.")
	})},
	"NACL_NO_UNRESTRICTED_SSH_RDP": {each(networkACLs, func(acl networkACL, _ *parameters) Outcome {
		return aclClosed(acl, portSSH, portRDP)
	})},
	"SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED": {each(subnets, func(s subnet, _ *parameters) Outcome {
		return require(!s.PublicIP, "The subnet gives its instances public addresses.")
	})},
	"VPC_FLOW_LOGS_ENABLED": {probe(vpcs, flowLogged)},
}

func portsClosed(group securityGroup, ports []int) Outcome {
	for _, port := range ports {
		if slices.ContainsFunc(group.Ingress, func(p permission) bool { return p.opens(port) }) {
			return require(false, "The group opens port %d to the whole internet.", port)
		}
	}
	return require(true, "")
}

// blockedPorts are the ports that the parameters name: blockedPorts, with ranges, or blockedPort1 to blockedPort5 with
// AWS's defaults.
func blockedPorts(given *parameters) []int {
	var ports []int
	for _, text := range given.list("blockedPorts") {
		from, to, isRange := strings.Cut(text, "-")
		if !isRange {
			to = from
		}
		first := (&parameters{values: map[string]string{"blockedPorts": from}})
		last := (&parameters{values: map[string]string{"blockedPorts": to}})
		for port := first.number("blockedPorts", 1); port <= last.number("blockedPorts", 0); port++ {
			ports = append(ports, port)
		}
		given.faults = append(given.faults, append(first.faults, last.faults...)...)
	}
	if len(ports) > 0 {
		return ports
	}
	for i, missing := range []int{20, 21, portRDP, 3306, 4333} {
		ports = append(ports, given.number("blockedPort"+strconv.Itoa(i+1), missing))
	}
	return ports
}

// aclClosed wants that no port is open to the whole internet. Entries apply in the order of their numbers.
func aclClosed(acl networkACL, ports ...int) Outcome {
	entries := slices.SortedFunc(slices.Values(acl.Entries), func(a, b entry) int { return a.Number - b.Number })
	for _, port := range ports {
		for _, world := range []string{"0.0.0.0/0", "::/0"} {
			first := slices.IndexFunc(entries, func(e entry) bool { return e.concerns(world, port) })
			if first >= 0 && entries[first].Action == "allow" {
				return require(false, "Entry %d opens port %d to the whole internet.", entries[first].Number, port)
			}
		}
	}
	return require(true, "")
}

// concerns says whether an inbound entry is about a TCP port and the whole internet.
func (e entry) concerns(world string, port int) bool {
	if e.Egress || (e.Range != world && e.Range6 != world) {
		return false
	}
	if e.Protocol == "-1" {
		return true
	}
	return e.Protocol == "6" && (e.From == nil || e.To == nil || (*e.From <= port && port <= *e.To))
}

// flowLog is a flow log of a VPC, among others.
type flowLog struct {
	Resource string `xml:"resourceId"`
	Status   string `xml:"flowLogStatus"`
	Traffic  string `xml:"trafficType"`
}

func flowLogged(ctx context.Context, account *Account, v vpc, given *parameters) (Outcome, error) {
	logs, err := once(account, "ec2 flow logs", func() ([]flowLog, error) {
		var out struct {
			Logs []flowLog `xml:"flowLogSet>item"`
		}
		err := account.query(ctx, "ec2", ec2Version, "DescribeFlowLogs", &out)
		return out.Logs, err
	})
	traffic := given.text("trafficType")
	return require(slices.ContainsFunc(logs, func(log flowLog) bool {
		return log.Resource == v.ID && log.Status == "ACTIVE" && (traffic == "" || strings.EqualFold(traffic, log.Traffic))
	}), "The VPC has no active flow log."), err
}
