using System.Net;
using System.Text;
using Berth.Remote.Transport;
using Berth.Remote.Wire;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Times that a dispatcher states: the age of its snapshot, and the wait that it asks for.</summary>
public sealed class StatedTimeTests
{
    [Theory]
    [InlineData("1e300", 36_500.0 * 86_400)]
    [InlineData("1e400", 36_500.0 * 86_400)]
    [InlineData("922337203686", 36_500.0 * 86_400)]
    [InlineData("2.5", 2.5)]
    [InlineData("0", 0.0)]
    public void Age_beyond_any_clock_counts_as_100_years(string stated, double seconds)
    {
        SourceReader reader = new(own: null);
        reader.Begin();
        string cluster = $"{{\"name\":\"a\",\"state\":\"live\",\"ageSeconds\":{stated}}}";
        reader.Append(Encoding.UTF8.GetBytes($"{{\"state\":\"x-1-live\",\"ageSeconds\":{stated},\"clusters\":[{cluster}]}}"));
        WatchMessage.Source source = reader.End();
        Assert.Equal(seconds, source.Age.TotalSeconds);
        Assert.Equal(seconds, Assert.Single(source.Clusters).Age.TotalSeconds);
    }

    [Theory]
    [MemberData(nameof(RetryAfterCases.All), MemberType = typeof(RetryAfterCases))]
    public async Task Asked_wait_is_read_in_every_form(string? header, double? seconds)
    {
        using HttpResponseMessage response = new(HttpStatusCode.ServiceUnavailable);
        if (header is not null)
            Assert.True(response.Headers.TryAddWithoutValidation("Retry-After", header));
        EndpointSourceException refused = await Refusal.ReadAsync(
            new Uri("http://d"), response, RetryAfterCases.Now, TestContext.Current.CancellationToken);
        Assert.Equal(seconds, refused.RetryAfter?.TotalSeconds);
    }
}
