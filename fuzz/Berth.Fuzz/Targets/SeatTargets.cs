using System.Buffers.Binary;
using System.Text;
using Berth.Seats;
using Berth.Seats.Keys;
using Berth.Seats.Tickets;

namespace Berth.Fuzz.Targets;

/// <summary>Data that clients, operators and other programs give to a desk: tickets, key files and requests.</summary>
internal static class SeatTargets
{
    private const string Secret = "one=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static readonly SeatKeys s_keys = SeatKeys.Parse(Secret);

    public static FuzzTarget Ticket { get; } = new("seat-ticket", ReadTicket, static _ => false, BytesPerByte: 100);

    public static FuzzTarget Keys { get; } = new("seat-keys", ReadKeys, static e => e is FormatException, BytesPerByte: 400);

    public static FuzzTarget Request { get; } = new("desk-request", AnswerRequest, static _ => false, BytesPerByte: 800);

    public static FuzzTarget Answer { get; } = new("desk-answer", ReadAnswer, DeskReading.IsExpected, BytesPerByte: 400);

    /// <summary>
    /// The text as it is, and the text as the claims of a ticket whose signature is right. Claims that are accepted are the same when they
    /// are written and read again.
    /// </summary>
    private static void ReadTicket(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (TicketReader.Read(text, s_keys, out _) == SeatRefusal.None)
            throw new InvalidOperationException("A ticket that this desk never signed was accepted.");
        string signed = TicketWriter.Sign(s_keys.Signing.TicketHead, input, s_keys.Signing);
        if (TicketReader.Read(signed, s_keys, out TicketClaims claims) != SeatRefusal.None)
            return;
        SeatRefusal again = TicketReader.Read(TicketWriter.Write(claims, s_keys.Signing), s_keys, out TicketClaims read);
        // With escapes the texts may be longer than the limit of a ticket.
        if (again != SeatRefusal.Malformed && (again != SeatRefusal.None || read != claims))
            throw new InvalidOperationException($"Claims change when they are written again: {again}, {claims}, {read}.");
    }

    private static void ReadKeys(byte[] input)
    {
        SeatKeys keys = SeatKeys.Parse(Encoding.UTF8.GetString(input));
        byte[] signature = new byte[keys.Signing.SignatureLength];
        keys.Signing.Sign(input, signature);
        if (!keys.Signing.Verifies(input, signature) || keys.Find(keys.Signing.Id) != keys.Signing)
            throw new InvalidOperationException("The first key does not verify what it signs.");
        if (keys.Shared.Any(static key => key.TokenFor("games/lobby-0").Length > 256))
            throw new InvalidOperationException("A token is longer than a desk reads.");
        PublicKeys.Write(keys);
    }

    /// <summary>
    /// A request: the first line is its method and path, the rest its body. Every answer is documented, and no seat is lost.
    /// </summary>
    private static void AnswerRequest(byte[] input)
    {
        int line = input.AsSpan().IndexOf((byte)'\n');
        string[] head = Encoding.Latin1.GetString(input, 0, line < 0 ? input.Length : line).Split(' ', 2);
        byte[] body = line < 0 ? [] : input[(line + 1)..];
        FuzzedDesk.Shared.Answer(head[0], head.Length == 2 ? head[1] : "/", body);
    }

    /// <summary>An answer of a program in place of a desk: a status in two bytes, and a body.</summary>
    private static void ReadAnswer(byte[] input)
    {
        int status = input.Length < 2 ? 200 : 100 + (BinaryPrimitives.ReadUInt16BigEndian(input) % 500);
        DeskReading.Read(status, input.Length < 2 ? input : input[2..]);
    }
}
