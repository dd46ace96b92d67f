using CsCheck;

namespace Berth.Tests.Pods;

public sealed class PodOrdinalTests
{
    [Theory]
    [InlineData("web-0", 0)]
    [InlineData("service-b-2", 2)]
    [InlineData("web-2147483647", int.MaxValue)]
    [InlineData("a.b-10", 10)]
    public void Reads_the_ordinal(string name, int expected)
    {
        Assert.True(PodOrdinal.TryParse(name, out int ordinal, out string? reason), reason);
        Assert.Equal(expected, ordinal);
    }

    [Theory]
    [InlineData(null, "no name")]
    [InlineData("", "no name")]
    [InlineData("web", "no '-'")]
    [InlineData("7", "no '-'")]
    [InlineData("web-", "ends with '-'")]
    [InlineData("web--7", "no StatefulSet name")]
    [InlineData("-7", "no StatefulSet name")]
    [InlineData("web.-7", "no StatefulSet name")]
    [InlineData("web-007", "leading zeros")]
    [InlineData("web-00", "leading zeros")]
    [InlineData("web-99999999999", "above 2147483647")]
    [InlineData("web-2147483648", "above 2147483647")]
    [InlineData("web-+7", "does not end")]
    [InlineData("web- 7", "does not end")]
    [InlineData("web-7 ", "does not end")]
    [InlineData("web-٣", "does not end")]
    [InlineData("lobby-7f74f7877f-2ccb9", "does not end")]
    public void Name_without_a_clean_ordinal_has_a_reason_and_no_ordinal(string? name, string expected)
    {
        Assert.False(PodOrdinal.TryParse(name, out _, out string? reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_ordinal_survives_the_round_trip() =>
        Gen.Int[0, int.MaxValue].Sample(n => PodOrdinal.TryParse($"set-{n}", out int ordinal, out _) && ordinal == n);

    [Fact]
    public void Accepted_names_are_name_dash_canonical_number() =>
        Gen.String[Gen.Char["ab0179-."], 0, 8].Sample(name =>
        {
            int dash = name.LastIndexOf('-');
            bool canonical = dash > 0 && name[dash - 1] is not ('-' or '.')
                && int.TryParse(name[(dash + 1)..], out int n) && n >= 0 && name == $"{name[..dash]}-{n}";
            bool hasStem = PodOrdinal.TryReadStem(name, out ReadOnlySpan<char> stem, out int ordinal);
            return PodOrdinal.TryParse(name, out _, out _) == canonical && hasStem == canonical
                && (canonical ? $"{stem}-{ordinal}" == name : stem.IsEmpty && ordinal == 0);
        });
}
