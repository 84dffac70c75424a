package evaluate

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

type logGroup struct {
	Name string `json:"logGroupName"`
	Days int    `json:"retentionInDays"` // 0 keeps events for ever
}

var logGroups = kind[logGroup]{
	name: "AWS::Logs::LogGroup",
	id:   func(g logGroup) string { return g.Name },
	list: func(ctx context.Context, account *Account, _ string) ([]logGroup, error) {
		var all []logGroup
		page := map[string]any{}
		for {
			var out struct {
				LogGroups []logGroup `json:"logGroups"`
				NextToken string     `json:"nextToken"`
			}
			if err := account.json(ctx, "logs", "Logs_20140328.DescribeLogGroups", page, &out); err != nil {
				return nil, err
			}
			all = append(all, out.LogGroups...)
			if out.NextToken == "" {
				return all, nil
			}
			page["nextToken"] = out.NextToken
		}
	},
}

type repository struct {
	Name     string `json:"repositoryName"`
	Scanning struct {
		OnPush bool `json:"scanOnPush"`
	} `json:"imageScanningConfiguration"`
}

const ecrTarget = "AmazonEC2ContainerRegistry_V20150921."

var repositories = kind[repository]{
	name: "AWS::ECR::Repository",
	id:   func(r repository) string { return r.Name },
	list: func(ctx context.Context, account *Account, _ string) ([]repository, error) {
		var out struct {
			Repositories []repository `json:"repositories"`
		}
		err := account.json(ctx, "ecr", ecrTarget+"DescribeRepositories", struct{}{}, &out)
		return out.Repositories, err
	},
}

// certificates are those in ACM, by ARN.
var certificates = kind[string]{
	name: "AWS::ACM::Certificate",
	id:   func(arn string) string { return arn },
	list: func(ctx context.Context, account *Account, _ string) ([]string, error) {
		var out struct {
			Certificates []struct{ CertificateArn string } `json:"CertificateSummaryList"`
		}
		err := account.json(ctx, "acm", "CertificateManager.ListCertificates", struct{}{}, &out)
		arns := make([]string, 0, len(out.Certificates))
		for _, certificate := range out.Certificates {
			arns = append(arns, certificate.CertificateArn)
		}
		return arns, err
	},
}

var watchRules = map[string][]check{
	"CW_LOGGROUP_RETENTION_PERIOD_CHECK": {each(logGroups, func(g logGroup, given *parameters) Outcome {
		if names := given.list("LogGroupNames"); len(names) > 0 && !slices.Contains(names, g.Name) {
			return notFor("LogGroupNames does not list the group.")
		}
		minimum := given.number("MinRetentionTime", 365)
		return require(g.Days == 0 || g.Days >= minimum, "Events are kept for %d days, fewer than %d.", g.Days, minimum)
	})},
	"ECR_PRIVATE_IMAGE_SCANNING_ENABLED": {probe(repositories, imagesScanned)},
	"ACM_CERTIFICATE_EXPIRATION_CHECK":   {probe(certificates, certificateFresh)},
	"GUARDDUTY_ENABLED_CENTRALIZED":      whole(guardDutyWatches),
}

// imagesScanned wants a rule of the registry that takes the repository in, or scanning on push for it.
func imagesScanned(ctx context.Context, account *Account, r repository, _ *parameters) (Outcome, error) {
	patterns, err := once(account, "ecr filters", func() ([]string, error) {
		var out struct {
			ScanningConfiguration struct {
				Rules []struct {
					RepositoryFilters []struct{ Filter string }
				}
			}
		}
		err := account.json(ctx, "ecr", ecrTarget+"GetRegistryScanningConfiguration", struct{}{}, &out)
		var patterns []string
		for _, rule := range out.ScanningConfiguration.Rules {
			for _, filter := range rule.RepositoryFilters {
				patterns = append(patterns, filter.Filter)
			}
		}
		return patterns, err
	})
	scanned := r.Scanning.OnPush || slices.ContainsFunc(patterns, func(pattern string) bool { return wildcard(pattern, r.Name) })
	return require(scanned, "The repository's images are not scanned."), err
}

// wildcard says whether a name fits a pattern in which a star stands for anything.
func wildcard(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	fits, err := regexp.MatchString("^"+strings.Join(parts, ".*")+"$", name)
	return err == nil && fits
}

func certificateFresh(ctx context.Context, account *Account, arn string, given *parameters) (Outcome, error) {
	days := given.number("daysToExpiration", 14)
	var out struct{ Certificate struct{ NotAfter float64 } } // seconds since 1970
	err := account.json(ctx, "acm", "CertificateManager.DescribeCertificate", map[string]string{"CertificateArn": arn}, &out)
	if err != nil || out.Certificate.NotAfter == 0 {
		return notFor("The certificate has not been issued."), err
	}
	expires := time.Unix(int64(out.Certificate.NotAfter), 0)
	return require(expires.Sub(account.now) > time.Duration(days)*day, "The certificate expires within %d days.", days), nil
}

// guardDutyWatches wants a detector that is enabled and, where the parameters name it, an administrator's account.
func guardDutyWatches(ctx context.Context, account *Account, given *parameters) (Outcome, error) {
	var out struct {
		Detectors []string `json:"detectorIds"`
	}
	if err := account.get(ctx, "guardduty", "/detector", &out); err != nil {
		return Outcome{}, err
	}
	for _, id := range out.Detectors {
		var detector struct {
			Status string `json:"status"`
		}
		if err := account.get(ctx, "guardduty", "/detector/"+url.PathEscape(id), &detector); err != nil {
			return Outcome{}, err
		}
		if detector.Status == "ENABLED" {
			return account.centrallyWatched(ctx, id, given.text("CentralMonitoringAccount"))
		}
	}
	return require(false, "GuardDuty is not enabled in the region."), nil
}

func (a *Account) centrallyWatched(ctx context.Context, detector, central string) (Outcome, error) {
	if central == "" || central == AccountID {
		return require(true, ""), nil
	}
	var out struct {
		Administrator struct {
			Account string `json:"accountId"`
		} `json:"administrator"`
	}
	err := a.get(ctx, "guardduty", "/detector/"+url.PathEscape(detector)+"/administrator", &out)
	return require(out.Administrator.Account == central, "GuardDuty is not administered by the account %s.", central), err
}
