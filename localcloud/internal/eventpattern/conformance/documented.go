package main

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// deployedPatterns are what the suite of the whole loop read from a deployment, and compares with it.
//
//go:embed deployed.json
var deployedPatterns []byte

// deployed are the patterns that our stacks deploy, in the order of their rules' names.
func deployed() []string {
	var read map[string]json.RawMessage
	if err := json.Unmarshal(deployedPatterns, &read); err != nil {
		panic(err) // it was written by a program
	}
	var all []string
	for _, rule := range slices.Sorted(maps.Keys(read)) {
		all = append(all, encode(read[rule]))
	}
	return all
}

// invalid are patterns that AWS refuses, each for another reason.
var invalid = []string{
	``, ` `, `[]`, `"a"`, `5`, `null`, `{}`, `{`, `{"a"}`, `{"a":["b"]`, `{"a":{}}`, `{"a":[]}`, `{"a":"b"}`, `{"a":5}`, `{"a":null}`, `{"a":[[]]}`,
	`{"a":[["b"]]}`, `{"a":[{}]}`, `{"a":[{"unknown":"b"}]}`, `{"a":[{"prefix":"b","suffix":"c"}]}`, `{"a":[{"prefix":5}]}`, `{"a":[{"prefix":["b"]}]}`,
	`{"a":[{"prefix":{}}]}`, `{"a":[{"prefix":{"suffix":"b"}}]}`, `{"a":[{"prefix":{"equals-ignore-case":5}}]}`,
	`{"a":[{"prefix":{"equals-ignore-case":"b","x":"c"}}]}`, `{"a":[{"suffix":null}]}`, `{"a":[{"suffix":{}}]}`, `{"a":[{"suffix":{"x":"b"}}]}`,
	`{"a":[{"equals-ignore-case":5}]}`, `{"a":[{"equals-ignore-case":["b"]}]}`, `{"a":[{"exists":"true"}]}`, `{"a":[{"exists":null}]}`,
	`{"a":[{"exists":true,"prefix":"b"}]}`, `{"a":[{"exactly":5}]}`, `{"a":[{"numeric":5}]}`, `{"a":[{"numeric":[]}]}`, `{"a":[{"numeric":[5]}]}`,
	`{"a":[{"numeric":["="]}]}`, `{"a":[{"numeric":["=","5"]}]}`, `{"a":[{"numeric":["=",5,6]}]}`, `{"a":[{"numeric":["<",5,">",3]}]}`,
	`{"a":[{"numeric":[">",5,"<",3]}]}`, `{"a":[{"numeric":[">",5,"<",5]}]}`, `{"a":[{"numeric":[">",5,">",6]}]}`, `{"a":[{"numeric":[">",5,6]}]}`,
	`{"a":[{"numeric":[">",5,"<"]}]}`, `{"a":[{"numeric":[">",5,"<","x"]}]}`, `{"a":[{"numeric":[">",5,"<",6,7]}]}`, `{"a":[{"numeric":["!=",5]}]}`,
	`{"a":[{"numeric":["<",1e400]}]}`, `{"a":[{"numeric":["<",12345678901234567890]}]}`, `{"a":[{"numeric":["<",5],"x":"b"}]}`,
	`{"a":[{"anything-but":null}]}`, `{"a":[{"anything-but":true}]}`, `{"a":[{"anything-but":[]}]}`, `{"a":[{"anything-but":["b",5]}]}`,
	`{"a":[{"anything-but":[null]}]}`, `{"a":[{"anything-but":[["b"]]}]}`, `{"a":[{"anything-but":{}}]}`, `{"a":[{"anything-but":{"x":"b"}}]}`,
	`{"a":[{"anything-but":{"prefix":""}}]}`, `{"a":[{"anything-but":{"suffix":[""]}}]}`, `{"a":[{"anything-but":{"prefix":5}}]}`,
	`{"a":[{"anything-but":{"prefix":["b",5]}}]}`, `{"a":[{"anything-but":{"prefix":null}}]}`,
	`{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"b"}}}]}`,
	`{"a":[{"anything-but":{"equals-ignore-case":5}}]}`, `{"a":[{"anything-but":{"wildcard":"b**"}}]}`, `{"a":[{"anything-but":{"wildcard":["b",5]}}]}`,
	`{"a":[{"anything-but":{"prefix":"b","suffix":"c"}}]}`, `{"a":[{"anything-but":"b","prefix":"c"}]}`, `{"a":[{"anything-but":{"prefix":[]}}]}`,
	`{"a":[{"anything-but":12345678901234567890}]}`, `{"a":[{"wildcard":5}]}`, `{"a":[{"wildcard":"a**b"}]}`, `{"a":[{"wildcard":"a\\b"}]}`,
	`{"a":[{"wildcard":"a\\"}]}`, `{"a":[{"cidr":5}]}`, `{"a":[{"cidr":"10.0.0.0"}]}`, `{"a":[{"cidr":"10.0.0.0/"}]}`, `{"a":[{"cidr":"10.0.0.0/x"}]}`,
	`{"a":[{"cidr":"10.0.0.0/-1"}]}`, `{"a":[{"cidr":"10.0.0.0/32"}]}`, `{"a":[{"cidr":"::/128"}]}`,
	`{"a":[{"cidr":"host/8"}]}`, `{"a":[{"cidr":"256.0.0.1/8"}]}`,
	`{"a":[{"cidr":"10.0.0.0/8/8"}]}`, `{"$or":5}`, `{"$or":[]}`, `{"$or":{}}`, `{"$or":[{"a":["b"]}]}`,
	`{"$or":[{"a":["b"]},5]}`, `{"$or":[{"a":["b"]},{}]}`,
	`{"$or":[{"prefix":["b"]},{"a":["b"]}]}`, `{"$or":[{"a":{"numeric":["b"]}},{"a":["b"]}]}`, `{"$or":[{"=":["b"]},{"regex":["b"]}]}`,
}

// documented are patterns like those of our stacks, those that they deploy, and those of the user guide in its order, with
// events.
func documented() []question {
	const change = `{"version":"0","id":"1","detail-type":"Config Rules Compliance Change","source":"aws.config","account":"123456789012",` +
		`"time":"2026-11-25T00:00:00Z","region":"us-east-1","resources":[],"detail":{"resourceId":"b","resourceType":"AWS::S3::Bucket",` +
		`"configRuleName":"RULE","messageType":"ComplianceChangeNotification","newEvaluationResult":{"complianceType":"TYPE"}}}`
	changes := []string{change}
	for _, rule := range []string{"monitor-test-a", "monitor-test-", "monitor-other", "b"} {
		for _, compliance := range []string{"COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"} {
			changes = append(changes, replace(change, "RULE", rule, "TYPE", compliance))
		}
	}
	changes = append(changes, replace(change, `{"complianceType":"TYPE"}`, "null"), replace(change, "aws.config", "aws.ec2"),
		`{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}`)
	all := []question{
		{Pattern: stack(`[{"prefix":"monitor-test-"}]`, `["COMPLIANT","NON_COMPLIANT","NOT_APPLICABLE"]`), Events: changes},
		{Pattern: stack(`[{"prefix":"monitor-test-"}]`, `["NON_COMPLIANT"]`), Events: changes},
		{Pattern: stack(`["monitor-test-a","monitor-test-b"]`, `["NON_COMPLIANT"]`), Events: changes},
	}
	for _, pattern := range deployed() {
		events := []string{}
		for _, one := range changes {
			events = append(events, strings.ReplaceAll(one, "monitor-test-a", "compliance-monitor-local-s3-encryption"),
				strings.ReplaceAll(one, "monitor-test-", "compliance-monitor-local-"))
		}
		all = append(all, question{Pattern: pattern, Events: events})
	}
	for _, pattern := range guide {
		all = append(all, question{Pattern: pattern, Events: guideEvents})
	}
	return all
}

// stack is the pattern that the functions layer makes of names of Config rules and compliance types.
func stack(rules, types string) string {
	return `{"detail":{"configRuleName":` + rules + `,"messageType":["ComplianceChangeNotification"],"newEvaluationResult":{"complianceType":` +
		types + `}},"detail-type":["Config Rules Compliance Change"],"source":["aws.config"]}`
}

// guide are the examples of the user guide.
var guide = []string{
	`{"source":["aws.ec2"],"detail-type":["EC2 Instance State-change Notification"],"detail":{"state":["terminated"]}}`,
	`{"source":["aws.ec2"]}`,
	`{"resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f","arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f"]}`,
	`{"time":[{"prefix":"2017-10-02"}]}`,
	`{"detail":{"service":[{"prefix":{"equals-ignore-case":"EventB"}}]}}`,
	`{"detail":{"FileName":[{"suffix":".png"}]}}`,
	`{"detail":{"FileName":[{"suffix":{"equals-ignore-case":".png"}}]}}`,
	`{"detail":{"state":[{"anything-but":"initializing"}]}}`,
	`{"detail":{"x-limit":[{"anything-but":123}]}}`,
	`{"detail":{"state":[{"anything-but":["stopped","overloaded"]}]}}`,
	`{"detail":{"x-limit":[{"anything-but":[100,200,300]}]}}`,
	`{"detail":{"state":[{"anything-but":{"equals-ignore-case":["initializing","stopped"]}}]}}`,
	`{"detail":{"state":[{"anything-but":{"prefix":"init"}}]}}`,
	`{"detail":{"FileName":[{"anything-but":{"suffix":[".txt",".rtf"]}}]}}`,
	`{"detail":{"FilePath":[{"anything-but":{"wildcard":"*/lib/*"}}]}}`,
	`{"detail":{"c-count":[{"numeric":[">",0,"<=",5]}],"d-count":[{"numeric":["<",10]}],"x-limit":[{"numeric":["=",3.018e2]}]}}`,
	`{"detail":{"source-ip":[{"cidr":"10.0.0.0/24"}]}}`,
	`{"detail":{"state":[{"exists":true}]}}`,
	`{"detail":{"c-count":[{"exists":false}]}}`,
	`{"detail-type":[{"equals-ignore-case":"ec2 instance state-change notification"}]}`,
	`{"detail":{"FilePath":[{"wildcard":"dir/*.png"}]}}`,
	`{"detail":{"FilePath":[{"wildcard":"dir\\*\\\\*"}]}}`,
	`{"detail":{"$or":[{"c-count":[{"numeric":[">",0,"<=",5]}]},{"d-count":[{"numeric":["<",10]}]},{"x-limit":[{"numeric":["=",3.018e2]}]}]}}`,
	`{"source":["aws.ec2"],"$or":[{"detail":{"state":["running"]}},{"detail-type":["x"]}]}`,
	`{"detail":{"responseElements":[null]}}`,
	`{"detail":{"eventVersion":[""]}}`,
	`{"time":[{"prefix":"2017-10-02"}],"detail":{"state":[{"anything-but":"initializing"}],"c-count":[{"numeric":[">",0,"<=",5]}],` +
		`"x-limit":[{"anything-but":[100,200,300]}]}}`,
}

var guideEvents = []string{
	`{"version":"0","id":"6a7e8feb","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","account":"111122223333",` +
		`"time":"2017-12-22T18:43:48Z","region":"us-west-1","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f"],` +
		`"detail":{"instance-id":"i-1234567890abcdef0","state":"terminated"}}`,
	`{"time":"2017-10-02T18:43:48Z","source":"aws.ec2","detail":{"state":"running","c-count":5,"d-count":3,"x-limit":301.8,"source-ip":"10.0.0.7"}}`,
	`{"time":"2017-10-02T18:43:48Z","source":"aws.ec2","detail":{"state":"running","c-count":5,"d-count":3,"x-limit":301.81,"source-ip":"10.0.1.7"}}`,
	`{"detail":{"state":"initializing","c-count":0,"d-count":9.999,"x-limit":100,"FileName":"a.png","FilePath":"dir/x.png","service":"eventbridge"}}`,
	`{"detail":{"state":"INITIALIZING","c-count":"1","FileName":"a.PNG","FilePath":"/usr/lib/x","service":"EVENTBRIDGE","responseElements":null}}`,
	`{"detail":{"state":"stopped","x-limit":200,"FileName":"a.txt","FilePath":"dir*\\x","eventVersion":"","responseElements":""}}`,
	`{"detail":{"state":["stopped","ready"],"x-limit":123,"FileName":"","FilePath":""},"detail-type":"EC2 INSTANCE STATE-CHANGE NOTIFICATION"}`,
	`{"detail":{"state":{"name":"running"},"c-count":null},"detail-type":"x","source":"aws.ec2"}`,
	`{"detail":[{"state":"init"},{"c-count":1}]}`,
	`{}`,
}
