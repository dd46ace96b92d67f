using Berth.Kubernetes.Access.Credentials;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Tests.Access;

public sealed class TokenFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Reads_again_once_a_minute_and_not_before()
    {
        TokenFile file = new(_folder.Write("token", "one\n"), _time, NullLogger.Instance);
        Assert.Equal("one", await ReadAsync(file));

        _folder.Write("token", "two");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("one", await ReadAsync(file));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", await ReadAsync(file));
    }

    [Fact]
    public async Task Reads_again_after_the_token_was_refused_and_not_after_an_older_one_was()
    {
        TokenFile file = new(_folder.Write("token", "one"), _time, NullLogger.Instance);
        Credential one = await file.GetAsync(TestContext.Current.CancellationToken);
        _folder.Write("token", "two");
        file.Refuse(one);
        Assert.Equal("two", await ReadAsync(file));

        _folder.Write("token", "three");
        file.Refuse(one);
        Assert.Equal("two", await ReadAsync(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("not a token")]
    [InlineData(null)]
    public async Task Keeps_the_old_token_while_the_file_is_being_rotated(string? content)
    {
        TokenFile file = new(_folder.Write("token", "one"), _time, NullLogger.Instance);
        Credential one = await file.GetAsync(TestContext.Current.CancellationToken);
        if (content is null)
            File.Delete(_folder["token"]);
        else
            _folder.Write("token", content);
        file.Refuse(one);
        Assert.Equal("one", await ReadAsync(file));

        _folder.Write("token", "two");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("two", await ReadAsync(file));
    }

    [Fact]
    public async Task A_jump_of_the_wall_clock_changes_nothing()
    {
        TestClock time = new();
        TokenFile file = new(_folder.Write("token", "one"), time, NullLogger.Instance);
        file.ReadFirst();
        _folder.Write("token", "two");
        time.WallClockShift = TimeSpan.FromDays(1);

        Assert.Equal("one", await ReadAsync(file));
    }

    [Theory]
    [InlineData(null, "There is no file")]
    [InlineData("", "is empty")]
    [InlineData("secret with spaces", "has a space")]
    public async Task Says_what_is_wrong_with_the_first_token(string? content, string expected)
    {
        if (content is not null)
            _folder.Write("token", content);
        TokenFile file = new(_folder["token"], _time, NullLogger.Instance);

        ClusterAccessException e = await Assert.ThrowsAsync<ClusterAccessException>(
            async () => await file.GetAsync(TestContext.Current.CancellationToken));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["token"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    internal static async Task<string?> ReadAsync(ICredentialSource source)
    {
        using HttpRequestMessage message = new();
        (await source.GetAsync(TestContext.Current.CancellationToken)).Apply(message.Headers);
        return message.Headers.Authorization?.Parameter;
    }
}
