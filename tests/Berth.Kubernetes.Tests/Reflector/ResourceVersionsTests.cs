using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

public sealed class ResourceVersionsTests
{
    [Theory]
    [InlineData("9", "10", -1)]
    [InlineData("10", "9", 1)]
    [InlineData("10", "10", 0)]
    [InlineData("99999999999999999999999", "100000000000000000000000", -1)]
    [InlineData("a", "a", 0)]
    [InlineData("a", "b", null)]
    [InlineData("007", "8", null)]
    [InlineData("", "8", null)]
    [InlineData(null, "8", null)]
    public void Numbers_are_ordered_and_anything_else_is_only_equal(string? left, string? right, int? expected)
    {
        int? actual = ResourceVersions.Compare(left, right);
        Assert.Equal(expected, actual is null ? null : Math.Sign(actual.Value));
    }
}
