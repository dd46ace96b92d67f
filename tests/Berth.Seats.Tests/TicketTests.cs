using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Seats.Desks;
using Berth.Seats.Keys;
using Berth.Seats.Tickets;
using CsCheck;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Berth.Seats.Tests;

/// <summary>Tickets: whole, broken in every way, and read by another library.</summary>
public sealed class TicketTests : IDisposable
{
    private const string Head = """{"alg":"HS256","typ":"JWT","kid":"new"}""";

    private readonly SeatFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Ticket_is_redeemed_once_and_released_by_its_session()
    {
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request(2, key: "room-7")).Ticket!;
        using (SeatSession session = desk.Redeem(ticket))
        {
            Assert.Equal((2, "room-7"), (session.Seats, session.Key));
            Assert.Equal((0, 2), (desk.State.Reserved, desk.State.Taken));
            AssertRefused(SeatRefusal.Replayed, desk, ticket);
        }

        Assert.Equal(4, desk.State.Free);
        AssertRefused(SeatRefusal.Released, desk, ticket);
    }

    [Fact]
    public void F82_ticket_is_good_until_the_last_millisecond_and_not_after()
    {
        SeatDesk desk = _fixture.Create();
        string first = desk.Reserve(SeatFixture.Request()).Ticket!;
        string second = desk.Reserve(SeatFixture.Request()).Ticket!;
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.True(desk.TryRedeem(first, out _, out _));
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        AssertRefused(SeatRefusal.Expired, desk, second);
    }

    [Theory]
    [InlineData(-86_400)]
    [InlineData(86_400)]
    public void F76_jump_of_the_wall_clock_changes_nothing(double seconds)
    {
        SeatDesk desk = _fixture.Create();
        string first = desk.Reserve(SeatFixture.Request()).Ticket!;
        string second = desk.Reserve(SeatFixture.Request()).Ticket!;
        _fixture.Clock.WallClockShift = TimeSpan.FromSeconds(seconds);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.True(desk.TryRedeem(first, out _, out _));
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        AssertRefused(SeatRefusal.Expired, desk, second);
    }

    [Fact]
    public void F81_ticket_of_another_pod_is_refused()
    {
        SeatDesk desk = _fixture.Create();
        SeatDesk other = _fixture.Create(pod: "lobby-1");
        AssertRefused(SeatRefusal.OtherPod, desk, other.Reserve(SeatFixture.Request()).Ticket!);
    }

    [Fact]
    public void F74_ticket_of_an_earlier_process_is_refused()
    {
        string ticket = _fixture.Create().Reserve(SeatFixture.Request()).Ticket!;
        AssertRefused(SeatRefusal.EarlierLife, _fixture.Create(), ticket);
    }

    [Fact]
    public void F75_ticket_of_a_replaced_pod_is_refused()
    {
        string replaced = _fixture.Create(uid: "uid-1").Reserve(SeatFixture.Request()).Ticket!;
        AssertRefused(SeatRefusal.EarlierLife, _fixture.Create(uid: "uid-2"), replaced);
    }

    [Fact]
    public void F77_keys_are_rotated_while_tickets_are_out()
    {
        SeatDesk desk = _fixture.Create();
        string before = desk.Reserve(SeatFixture.Request()).Ticket!;
        _fixture.WriteKeys($"newer={SeatFixture.OtherSecret}\nnew={SeatFixture.Secret}\n");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        string after = desk.Reserve(SeatFixture.Request()).Ticket!;
        Assert.True(desk.TryRedeem(before, out _, out _));
        Assert.Contains("\"kid\":\"newer\"", TextOf(after.Split('.')[0]), StringComparison.Ordinal);
        // The old key has gone from the file, and with it its tickets.
        string last = desk.Reserve(SeatFixture.Request()).Ticket!;
        _fixture.WriteKeys($"newest={SeatFixture.Secret}\n");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        AssertRefused(SeatRefusal.UnknownKey, desk, last);
    }

    [Fact]
    public void Broken_key_file_leaves_the_keys_as_they_are()
    {
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request()).Ticket!;
        _fixture.WriteKeys("nonsense");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(desk.TryRedeem(ticket, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.e30")]
    [InlineData("e 30.e30.e30")]
    [InlineData("W10.W10.W10")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    public void Text_that_is_no_ticket_is_malformed(string text) => AssertRefused(SeatRefusal.Malformed, _fixture.Create(), text);

    [Fact]
    public void Text_that_is_too_long_is_malformed() =>
        AssertRefused(SeatRefusal.Malformed, _fixture.Create(), new string('a', TicketReader.MaxLength + 1));

    [Theory]
    [InlineData("""{"typ":"JWT","kid":"new"}""", SeatRefusal.Malformed)]
    [InlineData("""{"alg":"none"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"none","kid":"new"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"hs256","kid":"new"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"HS512","kid":"new"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"RS256","kid":"new"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"ES256","kid":"new"}""", SeatRefusal.OtherAlgorithm)]
    [InlineData("""{"alg":"HS256"}""", SeatRefusal.UnknownKey)]
    [InlineData("""{"alg":"HS256","kid":"NEW"}""", SeatRefusal.UnknownKey)]
    [InlineData("""{"alg":"HS256","kid":7}""", SeatRefusal.Malformed)]
    [InlineData("""{"alg":"HS256","alg":"HS256","kid":"new"}""", SeatRefusal.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"new","crit":["exp"]}""", SeatRefusal.Malformed)]
    [InlineData("""{"alg":"HS256","kid":"new"} """ + "x", SeatRefusal.Malformed)]
    public void Ticket_with_a_broken_head_is_refused(string head, SeatRefusal refusal)
    {
        SeatDesk desk = _fixture.Create();
        string body = TextOf(desk.Reserve(SeatFixture.Request()).Ticket!.Split('.')[1]);
        AssertRefused(refusal, desk, Sign(head, body));
        Assert.True(desk.TryRedeem(Sign(Head, body), out _, out _));
    }

    [Theory]
    [InlineData("\"iss\":\"berth\"", "\"iss\":\"other\"")]
    [InlineData("\"iss\":\"berth\",", "")]
    [InlineData("\"seats\":1", "\"seats\":0")]
    [InlineData("\"seats\":1", "\"seats\":-1")]
    [InlineData("\"seats\":1", "\"seats\":1.5")]
    [InlineData("\"seats\":1", "\"seats\":\"1\"")]
    [InlineData("\"seats\":1", "\"seats\":1,\"seats\":1")]
    [InlineData("\"seats\":1", "\"seats\":99999999999999999999")]
    [InlineData("\"seats\":1", "\"seats\":3000000000")]
    [InlineData("\"jti\":\"", "\"jti\":\"f")]
    [InlineData("\"jti\":\"", "\"jti\":null,\"x\":\"")]
    [InlineData("\"exp\":", "\"exp_\":")]
    [InlineData("\"until\":", "\"until_\":")]
    [InlineData("\"boot\":", "\"boot_\":")]
    [InlineData("\"aud\":\"games/lobby-0\"", "\"aud\":[\"games/lobby-0\"]")]
    public void Ticket_with_broken_claims_is_malformed(string part, string broken)
    {
        SeatDesk desk = _fixture.Create();
        string body = TextOf(desk.Reserve(SeatFixture.Request()).Ticket!.Split('.')[1]);
        Assert.Contains(part, body, StringComparison.Ordinal);
        AssertRefused(SeatRefusal.Malformed, desk, Sign(Head, body.Replace(part, broken, StringComparison.Ordinal)));
        Assert.Equal(0, desk.State.Taken);
    }

    [Fact]
    public void Ticket_with_any_changed_byte_is_refused()
    {
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request()).Ticket!;
        for (int i = 0; i < ticket.Length; i++)
        {
            foreach (char other in "AzZ09-_.= ")
            {
                if (other == ticket[i])
                    continue;
                string changed = ticket[..i] + other + ticket[(i + 1)..];
                // The last character of a part has bits that stand for nothing; a decoder may pass over them.
                if (changed[^1] != ticket[^1] && DecodesAlike(changed, ticket))
                    continue;
                Assert.False(desk.TryRedeem(changed, out _, out SeatRefusal refusal), $"{changed} was redeemed.");
                Assert.NotEqual(SeatRefusal.None, refusal);
            }
        }

        Assert.True(desk.TryRedeem(ticket, out _, out _));
    }

    [Fact]
    public void Random_texts_are_refused_and_never_throw() => Gen.OneOf(
        Gen.String[Gen.Char["abcXYZ019-_.={}\":, \0\u00e9"], 0, 300],
        Gen.Select(Gen.String[0, 60], Gen.String[0, 200], Gen.String[0, 60], static (a, b, c) => $"{Encode(a)}.{Encode(b)}.{Encode(c)}"),
        Gen.Select(Gen.String[0, 80], Gen.String[0, 200], static (head, body) => Sign(head, body)),
        Gen.String[0, 200].Select(static body => Sign(Head, body)))
        .Sample(
            text =>
            {
                SeatKeys keys = SeatKeys.Parse($"new={SeatFixture.Secret}");
                Assert.NotEqual(SeatRefusal.None, TicketReader.Read(text, keys, out _));
            },
            iter: 20_000,
            threads: 1);

    [Fact]
    public async Task Microsoft_IdentityModel_accepts_a_ticket_of_a_shared_key()
    {
        SeatDesk desk = _fixture.Create(uid: "uid-1");
        IssuedSeat issued = desk.Reserve(SeatFixture.Request(2, key: "room-7"));
        TokenValidationResult result = await ValidateAsync(
            issued.Ticket!, new SymmetricSecurityKey(Convert.FromBase64String(SeatFixture.Secret)) { KeyId = "new" });
        Assert.True(result.IsValid, result.Exception?.Message);
        JsonWebToken token = Assert.IsType<JsonWebToken>(result.SecurityToken);
        Assert.Equal(SeatIds.Format(issued.Answer.Reservation.Id), token.Id);
        Assert.Equal(("room-7", "uid-1"), (token.GetClaim("key").Value, token.GetClaim("uid").Value));
        Assert.Equal(_fixture.Clock.GetUtcNow().UtcDateTime.AddSeconds(30), token.ValidTo);
    }

    [Fact]
    public async Task Microsoft_IdentityModel_accepts_a_ticket_by_the_published_key()
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pkcs8 = Convert.ToBase64String(pair.ExportPkcs8PrivateKey());
        _fixture.WriteKeys($"ec=es256:{pkcs8}\nnew={SeatFixture.Secret}\n");
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request()).Ticket!;
        string published = Encoding.UTF8.GetString(PublicKeys.Write(desk.Keys.Current).Span);
        JsonWebKey key = Assert.Single(new JsonWebKeySet(published).Keys);
        Assert.Equal(("ec", false), (key.Kid, key.HasPrivateKey));
        TokenValidationResult result = await ValidateAsync(ticket, key);
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.DoesNotContain(SeatFixture.Secret, published, StringComparison.Ordinal);
        Assert.True(desk.TryRedeem(ticket, out _, out _));
    }

    [Fact]
    public void Ticket_of_Microsoft_IdentityModel_with_our_claims_is_redeemed()
    {
        SeatDesk desk = _fixture.Create();
        using JsonDocument claims = JsonDocument.Parse(TextOf(desk.Reserve(SeatFixture.Request()).Ticket!.Split('.')[1]));
        SymmetricSecurityKey key = new(Convert.FromBase64String(SeatFixture.Secret)) { KeyId = "new" };
        string made = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            claims.RootElement.GetRawText(), new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
        Assert.True(desk.TryRedeem(made, out _, out SeatRefusal refusal), refusal.ToString());
    }

    private Task<TokenValidationResult> ValidateAsync(string ticket, SecurityKey key) => new JsonWebTokenHandler().ValidateTokenAsync(
        ticket,
        new TokenValidationParameters
        {
            ValidIssuer = "berth",
            ValidAudience = "games/lobby-0",
            IssuerSigningKey = key,
            ValidAlgorithms = ["HS256", "ES256"],
            LifetimeValidator = (_, expires, _, _) => expires > _fixture.Clock.GetUtcNow().UtcDateTime,
        });

    private static void AssertRefused(SeatRefusal refusal, SeatDesk desk, string ticket)
    {
        Assert.False(desk.TryRedeem(ticket, out SeatSession? session, out SeatRefusal found));
        Assert.Null(session);
        Assert.Equal(refusal, found);
        Assert.Equal(refusal, Assert.Throws<SeatRefusedException>(() => desk.Redeem(ticket)).Refusal);
    }

    private static bool DecodesAlike(string one, string other)
    {
        try
        {
            return one.Count(static c => c == '.') == 2
                && one.Split('.').Zip(other.Split('.')).All(
                    static pair => Base64Url.DecodeFromChars(pair.First).AsSpan().SequenceEqual(Base64Url.DecodeFromChars(pair.Second)));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Sign(string head, string body)
    {
        SharedSeatKey key = new("new", Convert.FromBase64String(SeatFixture.Secret));
        return TicketWriter.Sign(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head)), Encoding.UTF8.GetBytes(body), key);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string TextOf(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
}
