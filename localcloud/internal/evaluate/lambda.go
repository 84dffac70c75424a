package evaluate

import (
	"context"
	"net/url"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// functions are Lambda's, by name.
var functions = kind[string]{
	name: "AWS::Lambda::Function",
	id:   func(name string) string { return name },
	list: func(ctx context.Context, account *Account, id string) ([]string, error) {
		if id != "" {
			return []string{id}, account.get(ctx, "lambda", "/2015-03-31/functions/"+url.PathEscape(id)+"/configuration", nil)
		}
		var all []string
		query := ""
		for {
			var out struct {
				Functions  []struct{ FunctionName string }
				NextMarker string
			}
			if err := account.get(ctx, "lambda", "/2015-03-31/functions"+query, &out); err != nil {
				return nil, err
			}
			for _, function := range out.Functions {
				all = append(all, function.FunctionName)
			}
			if out.NextMarker == "" {
				return all, nil
			}
			query = "?Marker=" + url.QueryEscape(out.NextMarker)
		}
	},
}

var lambdaRules = map[string][]check{
	"LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": {probe(functions, functionPrivate)},
}

// functionPrivate wants that the function's policy lets neither everybody invoke it, nor S3 on behalf of any account.
func functionPrivate(ctx context.Context, account *Account, name string, _ *parameters) (Outcome, error) {
	var out struct{ Policy string }
	err := account.get(ctx, "lambda", "/2015-03-31/functions/"+url.PathEscape(name)+"/policy", &out)
	if gone(err) {
		return require(true, ""), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	document, err := policy.Parse([]byte(out.Policy))
	if err != nil {
		return Outcome{}, err
	}
	return decideFunction(document), nil
}

func decideFunction(document *policy.Document) Outcome {
	for _, statement := range document.Statements {
		if statement.Public() {
			return require(false, "The function's policy lets everybody invoke it.")
		}
		fromS3 := statement.Effect == policy.Allow && statement.Principals != nil && slices.Contains(statement.Principals.Service, "s3.amazonaws.com")
		if fromS3 && !statement.Narrowed() {
			return require(false, "The function's policy lets S3 invoke it for any account.")
		}
	}
	return require(true, "")
}
