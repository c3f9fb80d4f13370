import { plantedLabels } from '@hashgrad/datasets';
import { simHash } from '@hashgrad/lsh';
import { adam, all, hidden, lsh, network, random, softmax, Network, nonZerosOf } from '@hashgrad/sparse-nn';
const {train,test} = plantedLabels();
const slice=(i:number,n:number)=>{const f=i*n;const o=train.offsets.subarray(f,f+n+1);const lo=train.labelOffsets.subarray(f,f+n+1);
 return {rows:n,columns:train.columns,offsets:o.map(x=>x-o[0]!),ids:train.ids.subarray(o[0],o[n]),values:train.values.subarray(o[0],o[n]),labelOffsets:lo.map(x=>x-lo[0]!),labels:train.labels.subarray(lo[0],lo[n])}};
const sels:any={lsh:lsh({count:1000,family:simHash({bits:12,tables:50}),pad:true,logQ:true,shared:16}),random:random({count:1000,logQ:true,shared:16}),all:all()};
for (const name of process.argv.slice(2)) for (const threads of name==='all'?[2]:[1,2]) {
 const t=performance.now();
 using net=await Network.create(network(50000,[hidden(128),softmax(100000,sels[name])],adam()),{threads,nonZeros:nonZerosOf([train,test],256)});
 console.log(name,threads,'create',performance.now()-t, net.memoryUsage/1e6);
 const out:number[]=[]; let last:any;
 for(let i=0;i<(name==='all'?4:10);i++) for await (const r of net.fit(slice(i,256),{epochs:1})) {out.push(Math.round(r.seconds*1e4)/10);last=r;break;}
 console.log(out.join(' '), last.partSeconds, last.multiplyAdds, last.paddedShare);
}
