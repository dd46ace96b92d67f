using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Seats.Tickets;
using Berth.TestKit;

namespace Berth.Seats.Tests;

/// <summary>Tickets in the hands of another language's library: Node's <c>jose</c>. <c>./test</c> installs it below artifacts/.</summary>
public sealed class JoseTests : IDisposable
{
    private const string Script = """
        import * as jose from 'jose';
        let text = '';
        for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
        const { tickets, secret, keys, audience, now, claims } = JSON.parse(text);
        const key = keys ? jose.createLocalJWKSet(keys) : Buffer.from(secret, 'base64');
        const checked = [];
        for (const ticket of tickets) {
            try {
                const { payload, protectedHeader } = await jose.jwtVerify(ticket, key, {
                    issuer: 'berth', audience, algorithms: [keys ? 'ES256' : 'HS256'], currentDate: new Date(now),
                    requiredClaims: ['jti', 'boot', 'seats', 'until'],
                });
                checked.push({ payload, kid: protectedHeader.kid });
            } catch (e) {
                checked.push({ code: e.code });
            }
        }
        const signed = claims && await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'new' }).sign(key);
        process.stdout.write(JSON.stringify({ checked, signed: signed ?? null }));
        """;

    private readonly SeatFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Jose_accepts_a_ticket_of_a_shared_key_until_its_expiry()
    {
        SeatDesk desk = _fixture.Create(uid: "uid-1");
        string ticket = desk.Reserve(SeatFixture.Request(2, key: "room-7 \u00e4\u4e16\"")).Ticket!;
        string[] parts = ticket.Split('.');
        string[] tickets =
        [
            ticket, $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}", $"{parts[0]}.{parts[1]}.", "nonsense",
        ];
        JsonNode found = await RunAsync(new JsonObject { ["secret"] = SeatFixture.Secret, ["audience"] = "games/lobby-0" }, tickets);
        JsonNode payload = found["checked"]![0]!["payload"]!;
        Assert.Equal("room-7 \u00e4\u4e16\"", (string?)payload["key"]);
        Assert.Equal(("uid-1", 2), ((string?)payload["uid"], (int)payload["seats"]!));
        Assert.Equal("new", (string?)found["checked"]![0]!["kid"]);
        Assert.Equal(
            ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWS_INVALID"], Codes(found)[1..]);

        Assert.Equal(["ERR_JWT_CLAIM_VALIDATION_FAILED"], Codes(await RunAsync(
            new JsonObject { ["secret"] = SeatFixture.Secret, ["audience"] = "games/lobby-1" }, ticket)));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(["ERR_JWT_EXPIRED"], Codes(await RunAsync(
            new JsonObject { ["secret"] = SeatFixture.Secret, ["audience"] = "games/lobby-0" }, ticket)));
    }

    [Fact]
    public async Task Jose_accepts_a_ticket_by_the_published_key()
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _fixture.WriteKeys(
            $"ec=es256:{Convert.ToBase64String(pair.ExportPkcs8PrivateKey())}\n" +
            $"old=es256:{Convert.ToBase64String(other.ExportPkcs8PrivateKey())}\nnew={SeatFixture.Secret}\n");
        SeatDesk desk = _fixture.Create();
        string[] tickets = [.. Enumerable.Range(0, 20).Select(_ => desk.Reserve(SeatFixture.Request(seconds: 0.1)).Ticket!)
            .Where(static ticket => ticket is not null)];
        Assert.Equal(4, tickets.Length);
        string published = Encoding.UTF8.GetString(PublicKeys.Write(desk.Keys.Current).Span);
        JsonNode found = await RunAsync(new JsonObject { ["keys"] = JsonNode.Parse(published), ["audience"] = "games/lobby-0" }, tickets);
        Assert.All(found["checked"]!.AsArray(), static one => Assert.Equal("ec", (string?)one!["kid"]));
    }

    [Fact]
    public async Task Ticket_that_jose_signs_with_our_claims_is_redeemed()
    {
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request()).Ticket!;
        JsonObject input = new() { ["secret"] = SeatFixture.Secret, ["audience"] = "games/lobby-0", ["claims"] = ClaimsOf(ticket) };
        string signed = (string)(await RunAsync(input))["signed"]!;
        Assert.True(desk.TryRedeem(signed, out _, out SeatRefusal refusal), refusal.ToString());
        Assert.Equal(SeatRefusal.Replayed, Assert.Throws<SeatRefusedException>(() => desk.Redeem(ticket)).Refusal);
    }

    private static JsonNode ClaimsOf(string ticket) =>
        JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(ticket.Split('.')[1]))!;

    private static string[] Codes(JsonNode found) => [.. found["checked"]!.AsArray().Select(static one => (string?)one!["code"] ?? "")];

    private async Task<JsonNode> RunAsync(JsonObject input, params string[] tickets)
    {
        string folder = Path.Combine(Checkout.Root, "artifacts", "test", "node");
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, "node_modules", "jose", "package.json")),
            $"{folder} has no jose. ./test installs it where npm is on the PATH.");
        input["tickets"] = new JsonArray([.. tickets.Select(static ticket => (JsonNode)ticket)]);
        input["now"] = _fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        string script = Path.Combine(folder, $"tickets-{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(script, Script, SeatFixture.Cancelled);
        try
        {
            ProcessStartInfo start = new("node", [script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process node = Process.Start(start)!;
            await node.StandardInput.WriteAsync(input.ToJsonString());
            node.StandardInput.Close();
            string output = await node.StandardOutput.ReadToEndAsync(SeatFixture.Cancelled);
            await node.WaitForExitAsync(SeatFixture.Cancelled);
            Assert.Equal(0, node.ExitCode);
            return JsonNode.Parse(output)!;
        }
        finally
        {
            File.Delete(script);
        }
    }
}
