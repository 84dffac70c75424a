package lambdazip_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestLambdaZip(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Lambda Zip Suite")
}
