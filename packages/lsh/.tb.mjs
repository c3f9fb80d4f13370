import {Arena,Team} from '@hashgrad/kernels';
const [n,T,B,reps,threads]=process.argv.slice(2).map(Number);
const team=await Team.create(new Arena(),{threads:threads||1}); const {arena}=team;
const codes=arena.uint32(n*T); let s=88172645463325252n;
let x=123456789,y=362436069,z=521288629,w=88675123;
for(let i=0;i<codes.length;i++){let t=x^(x<<11);x=y;y=z;z=w;w=w^(w>>>19)^t^(t>>>8);codes[i]=(w>>>0)%B;}
const starts=arena.int32(T*(B+1)),items=arena.int32(T*n);
const ts=[];
const f=()=>team.run('buildTables',[arena.address(starts),arena.address(items),n,arena.address(codes),n,n,B],T,{grain:1});
f();f();
for(let r=0;r<reps;r++){const a=performance.now();f();ts.push(performance.now()-a)}
ts.sort((a,b)=>a-b);console.log(ts[ts.length>>1].toFixed(2));process.exit()
