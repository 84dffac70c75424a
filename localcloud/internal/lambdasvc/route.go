package lambdasvc

import (
	"net/http"
	"strings"
)

// route is what a request of Lambda's REST API asks for.
type route struct {
	operation string // as the service model names it; empty for what is not mended here
	function  reference
	statement string // of RemovePermission
}

// reference names a function, and perhaps a version or an alias of it.
type reference struct {
	name      string
	qualifier string
}

// parseReference reads NAME, NAME:QUALIFIER, ACCOUNT:function:NAME[:QUALIFIER] or a whole ARN.
func parseReference(text string) reference {
	if _, rest, found := strings.Cut(text, "function:"); found {
		text = rest
	}
	name, qualifier, _ := strings.Cut(text, ":")
	return reference{name: name, qualifier: qualifier}
}

// operations of the paths behind /DATE/functions/NAME, by method.
var functionOperations = map[string]map[string]string{
	"": {
		http.MethodGet:    "GetFunction",
		http.MethodDelete: "DeleteFunction",
	},
	"configuration": {
		http.MethodGet: "GetFunctionConfiguration",
		http.MethodPut: "UpdateFunctionConfiguration",
	},
	"code": {
		http.MethodPut: "UpdateFunctionCode",
	},
	"versions": {
		http.MethodGet:  "ListVersionsByFunction",
		http.MethodPost: "PublishVersion",
	},
	"policy": {
		http.MethodGet:  "GetPolicy",
		http.MethodPost: "AddPermission",
	},
	"event-invoke-config": {
		http.MethodGet:    "GetFunctionEventInvokeConfig",
		http.MethodPut:    "PutFunctionEventInvokeConfig",
		http.MethodPost:   "UpdateFunctionEventInvokeConfig",
		http.MethodDelete: "DeleteFunctionEventInvokeConfig",
	},
	"invocations": {
		http.MethodPost: "Invoke",
	},
	"response-streaming-invocations": {
		http.MethodPost: "InvokeWithResponseStream",
	},
	"invoke-async": {
		http.MethodPost: "InvokeAsync",
	},
	"concurrency": {
		http.MethodPut:    "PutFunctionConcurrency",
		http.MethodDelete: "DeleteFunctionConcurrency",
	},
}

// parseRoute reads a request's method and path.
func parseRoute(r *http.Request) route {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 || parts[1] != "functions" {
		return route{}
	}
	if len(parts) == 2 {
		operation := map[string]string{http.MethodGet: "ListFunctions", http.MethodPost: "CreateFunction"}[r.Method]
		return route{operation: operation}
	}
	about := route{function: parseReference(parts[2])}
	if qualifier := r.URL.Query().Get("Qualifier"); qualifier != "" {
		about.function.qualifier = qualifier
	}
	about.resolve(r.Method, parts[3:])
	return about
}

// resolve finds the operation of what follows a function's name in the path.
func (a *route) resolve(method string, parts []string) {
	switch len(parts) {
	case 0:
		a.operation = functionOperations[""][method]
	case 1:
		a.operation = functionOperations[parts[0]][method]
	case 2:
		a.resolveMember(method, parts[0], parts[1])
	}
}

// resolveMember finds the operation on one of several things that a function has.
func (a *route) resolveMember(method, kind, name string) {
	switch {
	case kind == "policy" && method == http.MethodDelete:
		a.operation, a.statement = "RemovePermission", name
	case kind == "event-invoke-config" && name == "list":
		a.operation = "ListFunctionEventInvokeConfigs"
	case kind == "aliases" && method == http.MethodDelete:
		a.operation, a.function.qualifier = "DeleteAlias", name
	}
}

// Operation is what a request asks of Lambda, as the service model names it, or empty for what is not mended here.
func Operation(r *http.Request) string { return parseRoute(r).operation }
