namespace Berth.Tests.Targets;

public sealed class ServiceTargetTests
{
    [Theory]
    [InlineData("k8s-example2/service-b", "k8s-example2", "service-b")]
    [InlineData("a/0", "a", "0")]
    public void Parses_namespace_and_service(string text, string @namespace, string service)
    {
        ServiceTarget target = ServiceTarget.Parse(text);
        Assert.Equal((@namespace, service), (target.Namespace, target.Service));
        Assert.Equal(text, target.ToString());
        Assert.Equal(new ServiceTarget(@namespace, service), target);
    }

    [Theory]
    [InlineData(null, "NAMESPACE/SERVICE")]
    [InlineData("", "NAMESPACE/SERVICE")]
    [InlineData("service-b", "NAMESPACE/SERVICE")]
    [InlineData("a/b/c", "NAMESPACE/SERVICE")]
    [InlineData("/b", "namespace '' is empty")]
    [InlineData("a/", "service name '' is empty")]
    [InlineData("A/b", "contains 'A'")]
    [InlineData("a/b.c", "contains '.'")]
    [InlineData("a/-b", "starts or ends with '-'")]
    [InlineData("a/b-", "starts or ends with '-'")]
    [InlineData("a/b\n", "\\u000a")]
    [InlineData("a/ b", "contains ' '")]
    [InlineData("a/é", "contains 'é'")]
    public void Refuses_what_Kubernetes_would_refuse_and_says_why(string? text, string expected)
    {
        Assert.False(ServiceTarget.TryParse(text, out ServiceTarget target, out string? fault));
        Assert.Equal(default, target);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        if (text is not null)
            Assert.Equal(fault, Assert.Throws<FormatException>(() => ServiceTarget.Parse(text)).Message);
    }

    [Fact]
    public void Names_may_have_63_characters_and_no_more()
    {
        string longest = new('a', 63);
        Assert.True(ServiceTarget.TryParse($"{longest}/{longest}", out _, out _));
        Assert.False(ServiceTarget.TryParse($"{longest}a/b", out _, out string? fault));
        Assert.Contains("64 characters", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_text_does_not_make_a_huge_message()
    {
        Assert.False(ServiceTarget.TryParse(new string('x', 1_000_000), out _, out string? fault));
        Assert.InRange(fault.Length, 1, 300);
    }

    [Fact]
    public void Target_is_parsed_through_the_interfaces_of_the_runtime()
    {
        Assert.Equal(new ServiceTarget("games", "room-1"), Parse<ServiceTarget>("games/room-1"));
        Assert.True(ServiceTarget.TryParse("games/room-1".AsSpan(), null, out ServiceTarget target));
        Assert.Equal("games/room-1", target.ToString());
        Assert.False(ServiceTarget.TryParse("games", null, out _));
        Assert.Throws<FormatException>(() => ServiceTarget.Parse("games".AsSpan(), null));
    }

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, null);
}
