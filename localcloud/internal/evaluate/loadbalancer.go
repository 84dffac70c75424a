package evaluate

import "context"

const elbVersion = "2015-12-01"

type loadBalancer struct {
	ARN  string `xml:"LoadBalancerArn"`
	Type string
}

var loadBalancers = kind[loadBalancer]{
	name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
	id:   func(l loadBalancer) string { return l.ARN },
	list: func(ctx context.Context, account *Account, _ string) ([]loadBalancer, error) {
		return once(account, "load balancers", func() ([]loadBalancer, error) {
			var all []loadBalancer
			var parameters []string
			for {
				var out struct {
					Balancers []loadBalancer `xml:"DescribeLoadBalancersResult>LoadBalancers>member"`
					Next      string         `xml:"DescribeLoadBalancersResult>NextMarker"`
				}
				if err := account.query(ctx, "elasticloadbalancing", elbVersion, "DescribeLoadBalancers", &out, parameters...); err != nil {
					return nil, err
				}
				all = append(all, out.Balancers...)
				if out.Next == "" {
					return all, nil
				}
				parameters = []string{"Marker", out.Next}
			}
		})
	},
}

type listener struct {
	Protocol string
	Actions  []struct {
		Type     string
		Protocol string `xml:"RedirectConfig>Protocol"`
	} `xml:"DefaultActions>member"`
}

var loadBalancerRules = map[string][]check{
	"ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK": {probe(loadBalancers, redirectsToTLS)},
}

func redirectsToTLS(ctx context.Context, account *Account, balancer loadBalancer, _ *parameters) (Outcome, error) {
	if balancer.Type != "application" {
		return notFor("The load balancer is not an Application Load Balancer."), nil
	}
	var out struct {
		Listeners []listener `xml:"DescribeListenersResult>Listeners>member"`
	}
	err := account.query(ctx, "elasticloadbalancing", elbVersion, "DescribeListeners", &out, "LoadBalancerArn", balancer.ARN)
	return decideListeners(out.Listeners), err
}

// decideListeners wants that each HTTP listener redirects to HTTPS by default.
func decideListeners(listeners []listener) Outcome {
	for _, listener := range listeners {
		redirects := false
		for _, action := range listener.Actions {
			redirects = redirects || (action.Type == "redirect" && action.Protocol == "HTTPS")
		}
		if listener.Protocol == "HTTP" && !redirects {
			return require(false, "An HTTP listener does not redirect to HTTPS.")
		}
	}
	return require(true, "")
}
