using System.Security.Cryptography.X509Certificates;

namespace Berth.Faults;

/// <summary>Faults 23 to 27: credentials, permissions, certificates and clocks.</summary>
public class AccessTests : FaultTest
{
    private static string Unauthorized => Fixture.Text("unauthorized.json");

    [Fact]
    public async Task F23_an_expired_token_is_read_again_and_tried_once_at_once()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        Assert.Equal("Bearer first-token", watch.Headers["Authorization"]);
        await UntilAsync(Slices.State(1));
        Rig.Account.Write("token", "second-token");
        watch.End();
        ScriptedExchange refused = await Api.NextAsync(Token);
        Assert.Equal("Bearer first-token", refused.Headers["Authorization"]);
        await refused.AnswerAsync(401, Unauthorized);
        ScriptedExchange again = await WatchAsync("100");

        Assert.Equal("Bearer second-token", again.Headers["Authorization"]);
        Assert.Empty(Observer.Failures);
        Assert.Empty(Rig.DirectoryTime.Waits);
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
    }

    [Fact]
    public async Task F23_token_that_stays_refused_backs_off_with_one_request_per_attempt()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await UntilAsync(Slices.State(1));
        const int Attempts = 5;
        for (int i = 0; i < Attempts; i++)
            Api.OnWatch(static x => x.AnswerAsync(401, Unauthorized));
        watch.Cut();
        ScriptedExchange held = await Api.NextAsync(Token);
        Assert.Equal(Attempts, Observer.Failures.Count);
        Assert.Equal(Attempts, Rig.DirectoryTime.Waits.Count);
        Assert.True(Rig.Current.IsStale);
        Assert.Contains("401", Rig.Current.StaleReason, StringComparison.Ordinal);
        Assert.DoesNotContain("first-token", Rig.Current.StaleReason, StringComparison.Ordinal);
        Rig.Account.Write("token", "second-token");
        await held.AnswerAsync(401, Unauthorized);
        ScriptedExchange again = await WatchAsync("100");
        Assert.Equal("Bearer second-token", again.Headers["Authorization"]);
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
        await Observer.Log.LoggedAsync(100, 1, Token);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("blank")]
    public async Task F24_a_token_file_that_is_missing_or_empty_leaves_the_old_token_in_use(string how)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await OpenedAsync();
        if (how == "missing")
            File.Delete(Rig.Account["token"]);
        else
            Rig.Account.Write("token", how == "empty" ? "" : "\n");
        for (int i = 0; i < 3; i++)
        {
            // Past the minute after which the file is read again.
            Rig.SourceTime.Advance(TimeSpan.FromSeconds(61));
            watch.End();
            watch = await WatchAsync("100");
            await OpenedAsync();
            Assert.Equal("Bearer first-token", watch.Headers["Authorization"]);
        }

        Assert.Empty(Observer.Failures);
        await Observer.Log.LoggedAsync(200, 1, Token);
        Rig.Account.Write("token", "second-token");
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(61));
        watch.End();
        watch = await WatchAsync("100");
        Assert.Equal("Bearer second-token", watch.Headers["Authorization"]);
        await Observer.Log.LoggedAsync(201, 1, Token);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
    }

    [Theory]
    [InlineData(true, "watch")]
    [InlineData(false, "list")]
    public async Task F25_revoked_permission_keeps_the_snapshot_names_the_rule_recovers(bool onWatch, string verb)
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        string forbidden = Json.Status(
            403, "Forbidden",
            "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:k8s-example2:service-a\" cannot do that");
        const int Refusals = 8;
        for (int i = 0; i < Refusals; i++)
        {
            if (onWatch)
                Api.OnWatch(x => x.AnswerAsync(403, forbidden));
            else
                Api.OnList(403, forbidden);
        }

        if (onWatch)
            watch.Cut();
        else
            await watch.SendEventAsync("ERROR", Json.Expired);
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Equal(3, stale.Available.Count);
        Assert.Contains(
            "apiGroups: [\"discovery.k8s.io\"], resources: [\"endpointslices\"], verbs: [\"list\", \"watch\"]", stale.StaleReason,
            StringComparison.Ordinal);
        Assert.Contains($"refused to {verb} ", stale.StaleReason, StringComparison.Ordinal);
        Assert.Contains("Role in namespace \"k8s-example2\"", stale.StaleReason, StringComparison.Ordinal);

        // Restored, by the server alone.
        if (onWatch)
            watch = await WatchAsync("100");
        else
            watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await UntilLiveAsync();
        Assert.Equal(Refusals, Observer.Failures.Count);
        await Observer.Log.LoggedAsync(100, 1, Token);
        // It is written down after the readers have the live snapshot.
        await Observer.Log.LoggedAsync(101, 1, Token);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
    }

    [Fact]
    public async Task F26_rotated_serving_certificate_of_the_same_CA_is_accepted()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("101")));
        using X509Certificate2 renewed = Rig.Authority.Server("127.0.0.1");
        Rig.Wire.Certificate = renewed;
        Rig.Relay!.Cut();
        ScriptedExchange again = await WatchAsync("101");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "102"));
        await UntilAsync(Slices.State(2));

        Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F26_a_rotated_CA_is_read_again_and_verification_is_never_skipped()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("101")));
        using TestAuthority rotated = new("new CA");
        using X509Certificate2 right = rotated.Server("127.0.0.1");
        using X509Certificate2 elsewhere = rotated.Server("other.example");
        int before = Api.Requests.Count;
        // The server is first with its new CA; the kubelet brings the file later.
        Rig.Wire.Certificate = right;
        Rig.Relay!.Cut();
        EndpointSnapshot stale = await UntilStaleAsync();
        await Wait.ForAsync(() => Observer.Failures.Count >= 3, Token);
        Assert.Equal(3, stale.Available.Count);
        Assert.Contains("not signed by a CA", stale.StaleReason, StringComparison.Ordinal);
        // With the new CA too, a certificate for another host is refused. A handshake with the right certificate must end before the file
        // changes, because it would succeed.
        Rig.Wire.Certificate = elsewhere;
        int failed = Observer.Failures.Count;
        await Wait.ForAsync(() => Observer.Failures.Count >= failed + 2, Token);
        Rig.Account.Write("ca.crt", rotated.Pem);
        await Wait.ForAsync(() => Observer.Failures[^1].Message.Contains("not for 127.0.0.1", StringComparison.Ordinal), Token);
        Assert.Equal(before, Api.Requests.Count);
        Rig.Wire.Certificate = right;
        ScriptedExchange again = await WatchAsync("101");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "102"));
        await UntilAsync(Slices.State(2));
        await Observer.Log.LoggedAsync(100, 1, Token);
    }

    [Fact]
    public async Task F26_half_written_CA_file_leaves_the_old_CA_in_use()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        string[] damaged = ["", "-----BEGIN CERTIFICATE-----\nMIIB"];
        for (int i = 0; i < damaged.Length; i++)
        {
            await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark($"{101 + i}")));
            Rig.Account.Write("ca.crt", damaged[i]);
            watch = await ReopenAsync($"{101 + i}", () => Rig.Relay!.Cut());
        }

        Assert.Empty(Observer.Failures);
        await Observer.Log.LoggedAsync(200, 1, Token);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "110"));
        await UntilAsync(Slices.State(2));
    }

    [Theory]
    [InlineData(3650)]
    [InlineData(-3650)]
    [InlineData(0.0417)]
    public async Task F27_jump_of_the_wall_clock_changes_nothing(double days)
    {
        await StartAsync(Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(1, "90"), Json.Slice("t", "91", Slices.Pod(1))));
        await UntilAsync(Slices.State(2));
        await OpenedAsync();
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(5));
        Rig.DirectoryTime.WallClockShift = Rig.SourceTime.WallClockShift = TimeSpan.FromDays(days);
        TimeSpan? age = Rig.View!.Age;

        // The age, a watch's limit, the token's minute and a hold all use elapsed time.
        Assert.Equal(TimeSpan.FromSeconds(5), age);
        Assert.False(Rig.Current.IsStale);
        Assert.False(watch.ClientGone.IsCompleted);
        await watch.SendEventAsync("MODIFIED", Json.Slice("t", "101"));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(2, Rig.Current.Endpoints.Count);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1));
        await UntilAsync(Slices.State(1));

        Api.OnWatch(static x => x.AnswerAsync(503, "down", "text/plain"));
        watch.Cut();
        ScriptedExchange again = await WatchAsync("101");
        await UntilLiveAsync();
        Assert.InRange(Assert.Single(Rig.DirectoryTime.Waits), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, Rig.Current.Version);
        await again.SendEventAsync("BOOKMARK", Json.Bookmark("102"));
    }
}
