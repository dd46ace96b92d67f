using System.Text;
using System.Text.Json;
using Berth.Seats.Wire;

namespace Berth.Seats.Tests;

/// <summary>The plain readers give what the serialiser gives, or nothing.</summary>
public sealed class PlainMessagesTests
{
    private const string Seat =
        """{"reservation":"r1","phase":"reserved","seats":2,"ticket":"a.b.c","expiresAt":"2026-01-02T03:04:05.678+00:00","ttl":9.5}""";

    [Theory]
    [InlineData("""{"requests":[]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":30}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":30,"key":"room-1"},{"ttl":0.5,"idempotencyKey":"k\u00e4","seats":-3}]}""")]
    [InlineData(""" { "requests" : [ { "seats" : 1 , "ttl" : 1e3 , "seats" : 2 } ] } """)]
    public void A_plain_batch_is_what_the_serialiser_reads(string json)
    {
        ReserveBatch? plain = PlainMessages.FindBatch(Encoding.UTF8.GetBytes(json));
        ReserveBatch whole = JsonSerializer.Deserialize(json, WireJson.Default.ReserveBatch)!;

        Assert.NotNull(plain);
        Assert.Equal(whole.Requests, plain.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"requests":null}""")]
    [InlineData("""{"requests":[null]}""")]
    [InlineData("""{"requests":[{"seats":1}]}""")]
    [InlineData("""{"requests":[{"ttl":1}]}""")]
    [InlineData("""{"requests":[{"seats":1.5,"ttl":1}]}""")]
    [InlineData("""{"requests":[{"seats":"1","ttl":1}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":1,"other":2}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":1}],"other":2}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":1}]""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":1}]}}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":1,"key":"\ud800"}]}""")]
    public void Every_other_batch_is_left_to_the_serialiser(string json) =>
        Assert.Null(PlainMessages.FindBatch(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"results":[],"boot":"b","version":3,"free":4}""")]
    [InlineData($$"""{"results":[{{Seat}},{{Seat}}],"free":0,"boot":"b","version":5000000000}""")]
    public void Plain_results_are_what_the_serialiser_reads(string json)
    {
        ReserveResults? plain = PlainMessages.FindResults(Encoding.UTF8.GetBytes(json));
        ReserveResults whole = JsonSerializer.Deserialize(json, WireJson.Default.ReserveResults)!;

        Assert.NotNull(plain);
        Assert.Equal(whole.Results, plain.Results);
        Assert.Equal((whole.Boot, whole.Version, whole.Free), (plain.Boot, plain.Version, plain.Free));
    }

    [Theory]
    [InlineData("""{"results":[{"refused":"full","detail":"Full."}],"boot":"b","version":3,"free":4}""")]
    [InlineData("""{"results":[{"seats":1}],"boot":"b","version":3,"free":4}""")]
    [InlineData("""{"results":[null],"boot":"b","version":3,"free":4}""")]
    [InlineData("""{"results":[],"boot":"b","version":3}""")]
    [InlineData("""{"results":[],"boot":null,"version":3,"free":4}""")]
    [InlineData("""{"results":[],"boot":"b","version":3,"free":4,"more":1}""")]
    [InlineData("""{"results":[],"boot":"b","version":3,"free":4""")]
    public void Refusals_and_other_results_are_left_to_the_serialiser(string json) =>
        Assert.Null(PlainMessages.FindResults(Encoding.UTF8.GetBytes(json)));
}
