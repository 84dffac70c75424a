package loop_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// breakage is something that violates a rule with a remediation.
type breakage struct {
	rule     string
	kind     string // of the resource, in AWS Config's words
	periodic bool   // time triggers the rule, and changes do not
	make     func(ctx context.Context) (id string)
	state    func(ctx context.Context, id string) string // what the remediation is about, as the resource has it
	broken   string
	fixed    string // KEY stands for the monitor's key
	stays    bool   // AWS Config calls the resource non-compliant even when it is fixed
	oneWay   bool   // AWS has no way back
}

// breakages are of every remediation of the catalogue.
var breakages = append(append(append([]breakage{}, bucketBreakages...), regionalBreakages...), accountBreakages...)

// since is a time that the resource's results are not older than. What the account has only once may have been broken and
// fixed before; all else is new, and an evaluation may have begun before it was there.
func (b breakage) since(ctx context.Context) time.Time {
	GinkgoHelper()
	if b.kind == accountType {
		return now(ctx)
	}
	return time.Time{}
}

// whenFixed is the state of a resource that the remediation has fixed.
func (b breakage) whenFixed(id string) string {
	return strings.NewReplacer("KEY", keyARN, "ID", id).Replace(b.fixed)
}

// unused is a name that nothing has.
func unused(kind string) string {
	return kind + "-" + strings.ToLower(rand.Text()[:10])
}

// ok fails the spec on an error of a call whose answer does not matter.
func ok[T any](_ T, err error) {
	GinkgoHelper()
	Expect(err).NotTo(HaveOccurred())
}

// must is the answer of a call that does not fail.
func must[T any](answer T, err error) T {
	GinkgoHelper()
	Expect(err).NotTo(HaveOccurred())
	return answer
}

// code is the code of an error of AWS; other errors fail the spec, and no error has none.
func code(err error) string {
	GinkgoHelper()
	if err == nil {
		return ""
	}
	var api smithy.APIError
	Expect(errors.As(err, &api)).To(BeTrue(), "%v", err)
	return api.ErrorCode()
}
