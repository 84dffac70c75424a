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
		http.MethodGet:    "GetPolicy",
		http.MethodPost:   "AddPermission",
		http.MethodDelete: "RemovePermission",
	},
	"event-invoke-config": {
		http.MethodGet:    "GetFunctionEventInvokeConfig",
		http.MethodPut:    "PutFunctionEventInvokeConfig",
		http.MethodPost:   "UpdateFunctionEventInvokeConfig",
		http.MethodDelete: "DeleteFunctionEventInvokeConfig",
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
	resource := ""
	if len(parts) > 3 {
		resource = parts[3]
	}
	about.operation = functionOperations[resource][r.Method]
	switch {
	case resource == "policy" && len(parts) == 5:
		about.statement = parts[4]
	case resource == "event-invoke-config" && len(parts) == 5 && parts[4] == "list":
		about.operation = "ListFunctionEventInvokeConfigs"
	case resource == "aliases" && len(parts) == 5 && r.Method == http.MethodDelete:
		about.operation, about.function.qualifier = "DeleteAlias", parts[4]
	case len(parts) > 4:
		about.operation = ""
	}
	return about
}
