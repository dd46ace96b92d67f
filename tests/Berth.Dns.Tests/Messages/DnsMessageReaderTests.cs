using System.Net;
using Berth.Dns.Messages;
using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Messages;

public sealed class DnsMessageReaderTests
{
    private const string Name = "service-b.k8s-example2.svc.cluster.local";

    private static readonly DnsTestQuery s_query = DnsTestQuery.Parse(
        DnsQueryWriter.Write(0x1234, new DnsQuestion(Name, DnsRecordType.Srv), edns: true), isTcp: false);

    private static byte[] Whole => DnsTestReply.Encode(
        s_query, 0,
        [TestRecord.Srv(Name, 3000, $"service-b-0.{Name}", 5), TestRecord.CName(Name, $"alias.{Name}", 6),
            TestRecord.Address(Name, "fd00::1", 7)],
        [TestRecord.Soa("cluster.local", 9, 3), TestRecord.Ns("cluster.local", "ns.dns.cluster.local", 9)],
        [TestRecord.Address($"service-b-0.{Name}", "10.88.0.10", 4)]);

    [Fact]
    public void A_query_has_a_flag_for_recursion_one_question_and_EDNS()
    {
        Assert.Equal(
            (0x1234, Name, DnsType.Srv, true, 1232), (s_query.Id, s_query.Name, s_query.Type, s_query.HasEdns, s_query.PayloadSize));
        byte[] plain = DnsQueryWriter.Write(7, new DnsQuestion("a.b", DnsRecordType.A), edns: false);
        Assert.Equal([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 1, (byte)'b', 0, 0, 1, 0, 1], plain);
    }

    [Fact]
    public void Each_record_is_read_with_its_values()
    {
        DnsMessage message = DnsMessageReader.Read(Whole);
        Assert.Equal((3000, $"service-b-0.{Name}", 5), (message.Answers[0].Port, message.Answers[0].Target, message.Answers[0].Ttl));
        Assert.Equal($"alias.{Name}", message.Answers[1].Target);
        Assert.Equal(IPAddress.Parse("fd00::1"), message.Answers[2].Address);
        Assert.Equal(3, message.Authorities[0].NegativeTtl);
        Assert.Equal((DnsRecordType.A, IPAddress.Parse("10.88.0.10")), (message.Additionals[0].Type, message.Additionals[0].Address));
    }

    [Fact]
    public void A_message_cut_at_any_octet_is_refused()
    {
        byte[] whole = Whole;
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<DnsFormatException>(() => DnsMessageReader.Read(cut));
        }

        Assert.Equal(3, DnsMessageReader.Read(whole).Answers.Count);
    }

    [Fact]
    public void Octets_changed_at_random_are_read_or_refused_and_nothing_else()
    {
        Random random = new(20261122);
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] message = Whole;
            for (int change = random.Next(1, 8); change > 0; change--)
                message[random.Next(message.Length)] = (byte)random.Next(256);
            DnsMessageReader.Matches(message, 0x1234, new DnsQuestion(Name, DnsRecordType.Srv));
            try
            {
                DnsMessageReader.Read(message);
            }
            catch (DnsFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 19_999);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x0C }, "not before")]
    [InlineData(new byte[] { 0xC0, 0x20 }, "not before")]
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 0x0C }, "not before")]
    [InlineData(new byte[] { 0x80, 0 }, "not a label")]
    [InlineData(new byte[] { 5, (byte)'a' }, "cut off")]
    [InlineData(new byte[] { 0xC0 }, "cut off")]
    public void Names_that_go_round_or_break_off_are_refused(byte[] name, string why)
    {
        byte[] message = [.. new byte[12], .. name];
        DnsFormatException exception = Assert.Throws<DnsFormatException>(() => Read(message, 12));
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_that_point_at_each_other_are_refused()
    {
        byte[] message = [.. new byte[12], 0xC0, 14, 0xC0, 12];
        Assert.Throws<DnsFormatException>(() => Read(message, 14));
    }

    [Fact]
    public void A_long_chain_of_pointers_is_refused()
    {
        List<byte> message = [.. new byte[12], 0];
        for (int i = 0; i < 200; i++)
        {
            int target = i == 0 ? 12 : message.Count - 2;
            message.AddRange([(byte)(0xC0 | (target >> 8)), (byte)target]);
        }

        byte[] bytes = [.. message];
        Assert.Equal("", Read(bytes, 13 + (2 * 100)));
        Assert.Contains(
            "more than 127 times", Assert.Throws<DnsFormatException>(() => Read(bytes, bytes.Length - 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_longer_than_255_octets_is_refused()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] fits = [.. new byte[12], .. label, .. label, .. label, 61, .. Enumerable.Repeat((byte)'b', 61), 0];
        Assert.Equal(253, Read(fits, 12).Length);
        byte[] tooLong = [.. new byte[12], .. label, .. label, .. label, .. label, 0];
        Assert.Contains("longer than 255", Assert.Throws<DnsFormatException>(() => Read(tooLong, 12)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_read_in_lower_case_with_odd_octets_escaped()
    {
        byte[] message = [.. new byte[12], 4, (byte)'A', (byte)'.', 0, (byte)'b', 1, (byte)'C', 0];
        Assert.Equal("a\\046\\000b.c", Read(message, 12));
        Assert.False(DnsNames.IsAskable("a\\046"));
    }

    [Fact]
    public void More_records_than_a_message_can_hold_are_refused_before_they_are_read()
    {
        byte[] message = Whole;
        message[6] = 0xFF;
        Assert.Contains(
            "more than 8192", Assert.Throws<DnsFormatException>(() => DnsMessageReader.Read(message)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_to_something_else_does_not_match()
    {
        DnsQuestion question = new(Name, DnsRecordType.Srv);
        Assert.True(DnsMessageReader.Matches(Whole, 0x1234, question));
        Assert.False(DnsMessageReader.Matches(Whole, 0x1235, question));
        Assert.False(DnsMessageReader.Matches(Whole, 0x1234, question with { Type = DnsRecordType.A }));
        Assert.False(DnsMessageReader.Matches(Whole, 0x1234, question with { Name = "x." + Name }));
        Assert.False(DnsMessageReader.Matches(DnsQueryWriter.Write(0x1234, question, edns: true), 0x1234, question));
        Assert.False(DnsMessageReader.Matches(Whole.AsSpan(0, 11), 0x1234, question));
    }

    private static string Read(byte[] message, int at) => DnsNames.Read(message, ref at);
}
