package configrules_test

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// configInventory is what there is of AWS Config's resources, and of roles.
func configInventory(ctx context.Context) ([]string, error) {
	all, err := clients.Inventory(ctx, prefix)
	return slices.DeleteFunc(all, func(item string) bool { return !slices.Contains(ours(), item) && !extra(item) }), err
}
