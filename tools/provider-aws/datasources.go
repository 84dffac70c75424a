package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// dataSources maps every data source that the stacks read to its function in pulumi-aws.
func dataSources() map[string]*tfbridge.DataSourceInfo {
	return map[string]*tfbridge.DataSourceInfo{
		"aws_caller_identity": dataSource("getCallerIdentity"),
		"aws_region":          dataSource("getRegion"),
		"aws_partition":       dataSource("getPartition"),
	}
}

func dataSource(function string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tfbridge.MakeDataSource(packageName, "index", function)}
}
