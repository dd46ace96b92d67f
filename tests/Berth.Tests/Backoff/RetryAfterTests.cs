using System.Net;
using Berth.Backoff;
using Berth.TestKit;

namespace Berth.Tests.Backoff;

/// <summary>The forms of Retry-After.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [MemberData(nameof(RetryAfterCases.All), MemberType = typeof(RetryAfterCases))]
    public void Every_form_is_read_by_one_rule(string? header, double? seconds)
    {
        using HttpResponseMessage response = new(HttpStatusCode.TooManyRequests);
        if (header is not null)
            Assert.True(response.Headers.TryAddWithoutValidation("Retry-After", header));
        Assert.Equal(seconds, RetryAfter.Read(response.Headers, RetryAfterCases.Now)?.TotalSeconds);
    }
}
