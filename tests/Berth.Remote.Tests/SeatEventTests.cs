using System.Text;
using Berth.Remote.Wire;

namespace Berth.Remote.Tests;

/// <summary>A stream with <c>seats</c> events, and with members that this version does not know.</summary>
public sealed class SeatEventTests
{
    [Fact]
    public void Seats_are_passed_over_and_what_is_around_them_counts()
    {
        byte[] stream = Encoding.UTF8.GetBytes(
            """
            event: seats
            data: {"target":"k8s-example2/service-b","pods":[{"pod":"service-b-0","desk":"open","capacity":3,"free":3}]}

            event: snapshot
            data: {"target":"k8s-example2/service-b","version":1,"endpoints":[],"seats":[{"pod":"service-b-0","desk":"silent"}]}

            event: seats
            data: {"pods":[]}

            event: source
            data: {"state":"a-1-live","ageSeconds":0,"dispatchers":["a"],"reason":null}


            """.ReplaceLineEndings("\n"));
        EventParser parser = new(new WatchReader(TestKit.TestPods.Target, TestKit.TestPods.Ports));
        List<WatchMessage> messages = [];
        for (int at = 0; at < stream.Length;)
        {
            if (parser.Read(stream.AsSpan(at), out int taken) is { } message)
                messages.Add(message);
            at += taken;
        }

        Assert.Equal(
            [typeof(WatchMessage.Other), typeof(WatchMessage.Content), typeof(WatchMessage.Other), typeof(WatchMessage.Source)],
            messages.Select(static message => message.GetType()));
        Assert.Equal(1, ((WatchMessage.Content)messages[1]).Version);
    }
}
