"""What a SQL warehouse says to the connector: sessions, statements, pages of Arrow rows, in the connector's structs."""

from __future__ import annotations

import struct
from uuid import uuid4

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import TCLIService
from databricks.sql.thrift_api.TCLIService import ttypes as t
from live_casts import cast
from live_refusal import Refusal
from live_rest import caller
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TTransport import TMemoryBuffer

CONTENT = "application/x-thrift"
_OK = t.TStatus(statusCode=t.TStatusCode.SUCCESS_STATUS)
_ALL_ROWS = 100_000
_TYPES = (
    (pa.types.is_boolean, "BOOLEAN"), (pa.types.is_int8, "TINYINT"), (pa.types.is_int16, "SMALLINT"),
    (pa.types.is_int32, "INT"), (pa.types.is_int64, "BIGINT"), (pa.types.is_float32, "FLOAT"),
    (pa.types.is_float64, "DOUBLE"), (pa.types.is_timestamp, "TIMESTAMP"), (pa.types.is_date, "DATE"),
    (pa.types.is_binary, "BINARY"), (pa.types.is_decimal, "DECIMAL"), (pa.types.is_list, "ARRAY"),
    (pa.types.is_map, "MAP"), (pa.types.is_struct, "STRUCT"), (pa.types.is_null, "NULL"),
)  # fmt: skip


class Thrift:
    """The endpoint of a warehouse; what runs is `executor(sql, params, principal)`, which gives an Arrow table.

    `page_rows` is the most that one answer holds, whatever the client asks for.
    """

    def __init__(self, world, executor, page_rows=None):
        self.world, self.executor, self.page_rows = world, executor, page_rows or _ALL_ROWS
        self.sessions, self.operations = {}, {}

    def respond(self, request):
        """The status, content type and bytes that a request is answered with."""
        try:
            request.principal = caller(self.world, request)
        except Refusal as refusal:
            return refusal.status, "text/plain", refusal.message.encode()
        out = TMemoryBuffer()
        handler = TCLIService.Processor(_Calls(self, request.principal))
        handler.process(TBinaryProtocol(TMemoryBuffer(request.raw)), TBinaryProtocol(out))
        return 200, CONTENT, out.getvalue()


def described(raw):
    """What a call is, for the log: its name, and the statement where it runs one. None where it is no call."""
    if raw[:2] != b"\x80\x01":
        return None
    (size,) = struct.unpack(">I", raw[4:8])
    told = {"call": raw[8 : 8 + size].decode()}
    if told["call"] == "ExecuteStatement":
        protocol, arguments = TBinaryProtocol(TMemoryBuffer(raw)), TCLIService.ExecuteStatement_args()
        protocol.readMessageBegin()
        arguments.read(protocol)
        told |= {"statement": arguments.req.statement, "parameters": _parameters(arguments.req.parameters)}
    return told


class _Calls:
    """The calls of one caller."""

    def __init__(self, face, principal):
        self.face, self.principal = face, principal

    def OpenSession(self, req):  # noqa: N802 - Thrift's names, here and below
        handle = _handle()
        self.face.sessions[handle.guid] = self.principal
        return t.TOpenSessionResp(
            status=_OK, serverProtocolVersion=t.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7,
            sessionHandle=t.TSessionHandle(sessionId=handle), canUseMultipleCatalogs=True,
            initialNamespace=req.initialNamespace, configuration={},
        )  # fmt: skip

    def CloseSession(self, req):  # noqa: N802
        self.face.sessions.pop(req.sessionHandle.sessionId.guid, None)
        return t.TCloseSessionResp(status=_OK)

    def ExecuteStatement(self, req):  # noqa: N802
        if self.face.sessions.get(req.sessionHandle.sessionId.guid) != self.principal:
            return t.TExecuteStatementResp(status=_error("Invalid SessionHandle"))
        handle = _handle()
        direct = self._run(handle, req)
        operation = t.TOperationHandle(
            operationId=handle, operationType=t.TOperationType.EXECUTE_STATEMENT, hasResultSet=True
        )  # fmt: skip
        return t.TExecuteStatementResp(status=_OK, operationHandle=operation, directResults=direct)

    def _run(self, handle, req):
        try:
            rows = self.face.executor(req.statement, _parameters(req.parameters), self.principal)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the statement's
            told = {"displayMessage": str(error), "errorMessage": str(error)}
            state = t.TGetOperationStatusResp(status=_OK, operationState=t.TOperationState.ERROR_STATE, **told)
            return t.TSparkDirectResults(operationStatus=state, closeOperation=t.TCloseOperationResp(status=_OK))
        self.face.operations[handle.guid] = [rows, 0]
        asked = req.getDirectResults.maxRows if req.getDirectResults else _ALL_ROWS
        return t.TSparkDirectResults(
            operationStatus=_finished(), resultSetMetadata=_metadata(rows), resultSet=self._page(handle.guid, asked)
        )

    def _page(self, guid, asked):
        rows, start = self.face.operations[guid]
        cut = rows.slice(start, min(asked, self.face.page_rows))
        end = self.face.operations[guid][1] = start + cut.num_rows
        batches = [
            t.TSparkArrowBatch(batch=batch.serialize().to_pybytes(), rowCount=batch.num_rows)
            for batch in cut.combine_chunks().to_batches()
        ]
        found = t.TRowSet(startRowOffset=start, rows=[], arrowBatches=batches)
        return t.TFetchResultsResp(status=_OK, hasMoreRows=end < rows.num_rows, results=found)

    def FetchResults(self, req):  # noqa: N802
        guid = req.operationHandle.operationId.guid
        if guid not in self.face.operations:
            return t.TFetchResultsResp(status=_error("Invalid OperationHandle"))
        page = self._page(guid, req.maxRows)
        page.resultSetMetadata = _metadata(self.face.operations[guid][0])
        return page

    def GetResultSetMetadata(self, req):  # noqa: N802
        return _metadata(self.face.operations[req.operationHandle.operationId.guid][0])

    def GetOperationStatus(self, req):  # noqa: ARG002, N802
        return _finished()

    def CloseOperation(self, req):  # noqa: N802
        self.face.operations.pop(req.operationHandle.operationId.guid, None)
        return t.TCloseOperationResp(status=_OK)

    def CancelOperation(self, req):  # noqa: ARG002, N802
        return t.TCancelOperationResp(status=_OK)


def _handle():
    return t.THandleIdentifier(guid=uuid4().bytes, secret=uuid4().bytes)


def _error(message):
    return t.TStatus(statusCode=t.TStatusCode.ERROR_STATUS, errorMessage=message, sqlState="HY000")


def _finished():
    return t.TGetOperationStatusResp(status=_OK, operationState=t.TOperationState.FINISHED_STATE)


def _parameters(given):
    """Parameters by name; a list where they have none."""
    values = [
        (one.name, cast(one.type, one.value.stringValue if one.value is not None else None)) for one in given or ()
    ]
    named = bool(values) and values[0][0]
    return dict(values) if named or not values else [value for _, value in values]


def _metadata(rows):
    columns = [_column(place, one) for place, one in enumerate(rows.schema, 1)]
    return t.TGetResultSetMetadataResp(
        status=_OK, schema=t.TTableSchema(columns=columns), resultFormat=t.TSparkRowSetType.ARROW_BASED_SET,
        lz4Compressed=False, arrowSchema=rows.schema.serialize().to_pybytes(), isStagingOperation=False,
    )  # fmt: skip


def _column(place, one):
    name = next((name for test, name in _TYPES if test(one.type)), "STRING")
    more = None
    if name == "DECIMAL":
        sizes = {"precision": one.type.precision, "scale": one.type.scale}
        more = t.TTypeQualifiers({key: t.TTypeQualifierValue(i32Value=size) for key, size in sizes.items()})
    kind = t.TPrimitiveTypeEntry(type=getattr(t.TTypeId, f"{name}_TYPE"), typeQualifiers=more)
    described_as = t.TTypeDesc(types=[t.TTypeEntry(primitiveEntry=kind)])
    return t.TColumnDesc(columnName=one.name, typeDesc=described_as, position=place)
