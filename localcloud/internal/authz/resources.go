package authz

import "strings"

// arns makes the ARNs of what a request is about.
type arns struct{ service, region, account string }

func (a arns) arn(resource string) string {
	return "arn:aws:" + a.service + ":" + a.region + ":" + a.account + ":" + resource
}

func (a arns) all(kind string, names ...string) []string {
	var all []string
	for _, name := range names {
		if name != "" {
			all = append(all, a.arn(kind+name))
		}
	}
	return all
}

// of is the resources of an action, none for an action that takes none. Which take some, and which, is in the service
// authorization reference; an action that is not here is decided on "*", so that a policy that names resources does not
// allow it.
func (a arns) of(action string, in input) []string {
	service, operation, _ := strings.Cut(action, ":")
	switch service {
	case "sns":
		return one(in.text("TopicArn"), in.text("TargetArn"), in.text("ResourceArn"))
	case "sqs":
		return a.all("", lastSegment(in.text("QueueUrl")), in.text("QueueName"))
	case "config":
		return a.configRules(operation, in)
	case "kms":
		return a.key(in.text("KeyId"))
	case "logs":
		return a.logGroup(in)
	case "lambda":
		return a.function(in.path)
	case "rds":
		return a.rds(operation, in)
	case "ec2":
		return a.ec2(operation, in)
	}
	return nil
}

// one is the first text that is not empty.
func one(texts ...string) []string {
	for _, text := range texts {
		if text != "" {
			return []string{text}
		}
	}
	return nil
}

func lastSegment(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// configRules are the rules that are named. At AWS a rule's ARN ends in an id that AWS makes up; policies can only have
// a wildcard there, so the name serves.
func (a arns) configRules(operation string, in input) []string {
	if operation == "DescribeConfigRules" {
		return nil
	}
	return a.all("config-rule/", append(in.texts("ConfigRuleNames"), in.text("ConfigRuleName"))...)
}

func (a arns) key(id string) []string {
	switch {
	case id == "":
		return nil
	case strings.HasPrefix(id, "arn:"):
		return []string{id}
	case strings.HasPrefix(id, "alias/"):
		return a.all("", id)
	default:
		return a.all("key/", id)
	}
}

func (a arns) logGroup(in input) []string {
	if identifier := in.text("resourceArn"); identifier != "" {
		return []string{identifier}
	}
	group := in.text("logGroupName")
	if group == "" {
		group = in.text("logGroupNamePrefix")
	}
	if group == "" {
		return a.all("log-group:", "*")
	}
	if stream := in.text("logStreamName"); stream != "" {
		return a.all("log-group:", group+":log-stream:"+stream)
	}
	return a.all("log-group:", group)
}

// function is the function in a path such as /2015-03-31/functions/NAME/invocations.
func (a arns) function(path string) []string {
	_, rest, found := strings.Cut(path, "/functions/")
	if !found {
		return nil
	}
	name, _, _ := strings.Cut(rest, "/")
	if _, after, whole := strings.Cut(name, "function:"); whole {
		name = after
	}
	return a.all("function:", name)
}

func (a arns) rds(operation string, in input) []string {
	name := in.text("DBInstanceIdentifier")
	if strings.HasPrefix(operation, "Describe") && name == "" {
		name = "*"
	}
	if resource := in.text("ResourceName"); resource != "" {
		return []string{resource}
	}
	return a.all("db:", name)
}

// ec2 is what an action changes; describing takes no resource.
func (a arns) ec2(operation string, in input) []string {
	if strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "Get") {
		return nil
	}
	found := a.all("instance/", append(in.texts("InstanceId"), in.text("InstanceId"))...)
	found = append(found, a.all("security-group/", in.text("GroupId"))...)
	return append(found, a.all("volume/", in.text("VolumeId"))...)
}
