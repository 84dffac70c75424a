module github.com/compliance-monitor/compliance-monitor/bench

go 1.26
