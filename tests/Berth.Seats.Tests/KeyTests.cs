using System.Security.Cryptography;
using Berth.Seats.Keys;

namespace Berth.Seats.Tests;

public sealed class KeyTests
{
    [Fact]
    public void First_key_signs_and_comments_are_passed_over()
    {
        SeatKeys keys = SeatKeys.Parse($"# newest first\n\n new = {SeatFixture.Secret} \r\nold={SeatFixture.OtherSecret}");
        Assert.Equal("new", keys.Signing.Id);
        Assert.Equal(["new", "old"], keys.All.Select(static key => key.Id));
        Assert.Null(keys.Find("OLD"));
    }

    [Fact]
    public void All_faults_of_a_key_file_are_reported_with_their_lines()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string text = string.Join(
            '\n',
            "short=QUJD",
            "no-base64=!",
            "=QUJD",
            "nothing",
            "ec=es256:QUJD",
            "curve=es256:" + Convert.ToBase64String(other.ExportPkcs8PrivateKey()),
            $"two={SeatFixture.Secret}",
            $"two={SeatFixture.Secret}");
        string message = Assert.Throws<FormatException>(() => SeatKeys.Parse(text)).Message;
        foreach (string part in new[]
        {
            "Line 1: the key 'short' has 3 bytes", "Line 2: the key 'no-base64' is not base64", "Line 3: there is no key id",
            "Line 4: there is no key id", "Line 5: the key 'ec' is not a private key", "Line 6: the key 'curve' is not a private key",
            "Line 8: the key id 'two' is used twice",
        })
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Line 7", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but words\n")]
    public void Key_file_without_a_shared_secret_is_refused(string text) =>
        Assert.Contains("no shared secret", Assert.Throws<FormatException>(() => SeatKeys.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Desk_without_a_readable_key_file_does_not_start()
    {
        using SeatFixture fixture = new();
        fixture.WriteKeys("short=QUJD");
        Assert.Contains("at least 32", Assert.Throws<SeatKeyException>(() => fixture.Create()).Message, StringComparison.Ordinal);
        File.Delete(fixture.KeyFile);
        Assert.Contains(fixture.KeyFile, Assert.Throws<SeatKeyException>(() => fixture.Create()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_of_options_are_reported_in_one_message()
    {
        SeatDeskOptions options = new()
        {
            Pod = PodIdentity.FromEnvironment(static variable => variable == PodIdentity.NameVariable ? "lobby-0" : null),
            Capacity = -1,
            KeyFile = "",
            MaxSeatsPerClient = 0,
            MaxTtl = TimeSpan.Zero,
            MaxRemembered = -1,
            MaxConnections = 0,
        };
        Assert.Equal(7, options.FindFaults().Count);
        string message = Assert.Throws<ArgumentException>(() => new SeatDesk(options)).Message;
        foreach (string fault in options.FindFaults())
            Assert.Contains(fault, message, StringComparison.Ordinal);
    }
}
