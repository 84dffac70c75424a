package localcloud_test

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("GetMetricData", func() {
	var (
		watch     *cloudwatch.Client
		namespace string
		shop      = []types.Dimension{{Name: aws.String("Shop"), Value: aws.String("a")}}
		today     time.Time
	)
	BeforeEach(func() {
		watch, namespace, today = cloudwatch.NewFromConfig(client), unique("Ours"), time.Now().UTC().Truncate(24*time.Hour)
	})

	put := func(ctx SpecContext, namespace string, value float64, dimensions ...types.Dimension) {
		GinkgoHelper()
		_, err := watch.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &namespace, MetricData: []types.MetricDatum{
			{MetricName: aws.String("Things"), Value: &value, Dimensions: dimensions, Timestamp: aws.Time(today.Add(time.Minute))},
		}})
		Expect(err).NotTo(HaveOccurred())
	}
	// sums are those of the metrics, each of a whole day, in the order in which they are asked for.
	sums := func(ctx SpecContext, metrics ...types.Metric) [][]float64 {
		GinkgoHelper()
		in := &cloudwatch.GetMetricDataInput{StartTime: &today, EndTime: aws.Time(today.Add(24 * time.Hour))}
		for i, metric := range metrics {
			in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{
				Id: aws.String("q" + string(rune('a'+i))), MetricStat: &types.MetricStat{Metric: &metric, Period: aws.Int32(86400), Stat: aws.String("Sum")},
			})
		}
		out, err := watch.GetMetricData(ctx, in)
		Expect(err).NotTo(HaveOccurred())
		var all [][]float64
		for i, result := range out.MetricDataResults {
			Expect(*result.Id).To(Equal("q" + string(rune('a'+i))))
			all = append(all, result.Values)
		}
		return all
	}
	things := func(namespace string, dimensions ...types.Dimension) types.Metric {
		return types.Metric{Namespace: &namespace, MetricName: aws.String("Things"), Dimensions: dimensions}
	}

	It("should tell each namespace's own values, and those that come later", func(ctx SpecContext) {
		other := unique("Theirs")
		put(ctx, namespace, 1, shop...)
		put(ctx, other, 10, shop...)
		Expect(sums(ctx, things(namespace, shop...), things(other, shop...))).To(Equal([][]float64{{1}, {10}}))
		put(ctx, namespace, 2, shop...)
		Expect(sums(ctx, things(other, shop...), things(namespace, shop...))).To(Equal([][]float64{{10}, {3}}))
	})

	It("should tell nothing of what was never measured", func(ctx SpecContext) {
		Expect(sums(ctx, things(namespace, shop...))).To(HaveExactElements(BeEmpty()))
	})

	It("should tell how many objects a bucket has", func(ctx SpecContext) {
		bucket := makeBucket(ctx)
		_, err := pathStyle().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: strings.NewReader("x")})
		Expect(err).NotTo(HaveOccurred())
		Expect(sums(ctx, types.Metric{Namespace: aws.String("AWS/S3"), MetricName: aws.String("NumberOfObjects"), Dimensions: []types.Dimension{
			{Name: aws.String("StorageType"), Value: aws.String("AllStorageTypes")}, {Name: aws.String("BucketName"), Value: &bucket},
		}})).To(Equal([][]float64{{1}}))
	})
})
